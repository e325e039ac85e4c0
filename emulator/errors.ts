/** An error as AWS JSON 1.1 returns it. The class name is the error code. */
export abstract class AwsError extends Error {
  public readonly status: number = 400;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }

  public get type(): string {
    return this.name;
  }

  public members(): Record<string, unknown> {
    return { message: this.message };
  }
}

/** The service model spells the message of most of its errors `Message`. */
abstract class ModelledError extends AwsError {
  public override members(): Record<string, unknown> {
    return { Message: this.message };
  }
}

export class WAFInternalErrorException extends ModelledError {
  public override readonly status = 500;

  constructor(message = 'AWS WAF couldn\'t perform the operation because of a system problem. Retry your request.') {
    super(message);
  }
}

export class WAFInvalidOperationException extends ModelledError {
  constructor(message = 'The operation isn\'t valid.') {
    super(message);
  }
}

export class WAFInvalidResourceException extends ModelledError {
  constructor(
    message = 'AWS WAF couldn\'t perform the operation because the resource that you requested isn\'t valid.',
  ) {
    super(message);
  }
}

export class WAFNonexistentItemException extends ModelledError {
  constructor(message = 'AWS WAF couldn\'t perform the operation because your resource doesn\'t exist.') {
    super(message);
  }
}

export class WAFOptimisticLockException extends ModelledError {
  constructor(
    message = 'AWS WAF couldn\'t save your changes because someone changed the resource after you started to edit it.',
  ) {
    super(message);
  }
}

export class WAFLimitsExceededException extends ModelledError {
  constructor(
    message = 'AWS WAF couldn\'t perform the operation because you exceeded your resource limit.',
    public readonly sourceType?: string,
  ) {
    super(message);
  }

  public override members(): Record<string, unknown> {
    return { ...super.members(), SourceType: this.sourceType };
  }
}

export interface InvalidParameter {
  readonly Reason: string;
  readonly Parameter: string;
  readonly Field?: 'SCOPE_VALUE' | 'TOKEN_DOMAIN';
}

export class WAFInvalidParameterException extends AwsError {
  constructor(public readonly invalid: InvalidParameter) {
    super(`Error reason: ${invalid.Reason}, field: ${invalid.Field ?? ''}, parameter: ${invalid.Parameter}`);
  }

  public override members(): Record<string, unknown> {
    return { ...super.members(), ...this.invalid };
  }
}

/**
 * Errors of the framework in front of every AWS JSON service: they carry its namespace and are in no service's model.
 */
abstract class FrameworkError extends AwsError {
  protected readonly namespace: string = 'com.amazon.coral.service';

  public override get type(): string {
    return `${this.namespace}#${this.name}`;
  }
}

export class ValidationException extends FrameworkError {
  protected override readonly namespace = 'com.amazon.coral.validate';
}

export class ThrottlingException extends FrameworkError {
  protected override readonly namespace = 'com.amazon.coral.availability';

  constructor(message = 'Rate exceeded') {
    super(message);
  }
}

export class AccessDeniedException extends FrameworkError {
  public override members(): Record<string, unknown> {
    return { Message: this.message };
  }
}

export class SerializationException extends FrameworkError {}

export class UnknownOperationException extends FrameworkError {}

export class MissingAuthenticationTokenException extends FrameworkError {
  constructor(message = 'Request is missing Authentication Token') {
    super(message);
  }
}

export class IncompleteSignatureException extends FrameworkError {}

export class InvalidSignatureException extends FrameworkError {}

export class UnrecognizedClientException extends FrameworkError {
  constructor(message = 'The security token included in the request is invalid.') {
    super(message);
  }
}
