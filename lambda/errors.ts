/** An error whose message is for the user: CloudFormation shows it as the reason. */
export class UserFacingError extends Error {
  public override readonly name: string = 'UserFacingError';
}

/** A key that this event has created. */
export interface NewKey {
  readonly physicalId: string;
  readonly apiKey: string;
}

/** An error after which a new key still exists, because it could not be rolled back. */
export class OrphanedKeyError extends UserFacingError {
  public override readonly name = 'OrphanedKeyError';

  constructor(message: string, public readonly key: NewKey) {
    super(message);
  }
}
