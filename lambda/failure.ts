/** A failure whose message is for the user: CloudFormation shows it as the reason. */
export class Failure extends Error {
  public override readonly name = 'Failure';
}
