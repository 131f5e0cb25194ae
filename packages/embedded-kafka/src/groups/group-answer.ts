import type { ErrorName } from "@millrace/protocol";

/** One member as the leader sees it. */
export interface JoinedMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly metadata: Buffer;
}

/** Answer to a join: an error and the id to use, or the new generation. */
export type JoinAnswer =
  | { readonly error: ErrorName; readonly memberId: string }
  | {
      readonly error?: undefined;
      readonly memberId: string;
      readonly generationId: number;
      readonly protocolType: string;
      readonly protocolName: string;
      readonly leader: string;
      /** Everybody, for the leader; nobody, for the others. */
      readonly members: readonly JoinedMember[];
      /** The leader came back and its assignment still stands (KIP-814). */
      readonly skipAssignment: boolean;
    };

/** Answer to a sync: an error, or the member's assignment. */
export type SyncAnswer =
  | { readonly error: ErrorName }
  | { readonly error?: undefined; readonly protocolType: string; readonly protocolName: string; readonly assignment: Buffer };
