/** The used fields of a custom resource event. */
export interface ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResourceType?: string;
  readonly RequestId: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;
}

const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** When CloudFormation sent an event, as far as its presigned URL tells. */
export function sentAt({ ResponseURL }: ResourceEvent): number | undefined {
  const date = DATE.exec(new URL(ResponseURL).searchParams.get('X-Amz-Date') ?? '');
  return date ? Date.parse(`${date[1]}-${date[2]}-${date[3]}T${date[4]}:${date[5]}:${date[6]}Z`) : undefined;
}
