/** Time that passes only while somebody waits. */
export class VirtualClock {
  private time = Date.now();
  public readonly now = (): number => this.time;
  public readonly sleep = async (milliseconds: number): Promise<void> => {
    this.time += milliseconds;
  };
}
