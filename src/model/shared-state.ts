/** Whether what replicas share through Redis is there. While it is not, this process uses its own memory. */
export interface SharedState {
  isUp(): boolean;
  /** When Redis was lost, or was first asked for; null while it is there. */
  readonly downSince: Date | null;
}

/** What a gateway uses Redis for. */
export type SharedUse = 'cache' | 'rate limits' | 'live events';
