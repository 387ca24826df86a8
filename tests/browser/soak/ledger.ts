// What must not be lost: every piece that somebody typed, and every change that the server has acknowledged.

/** Milliseconds after which what was typed must survive its browser. */
const SAFE_MS = 100;

export interface Piece {
  /** Unlike any other: 〔12-3〕 */
  text: string;
  who: number;
  at: number;
  /** Its browser died so soon after it that it may be lost, or its writer gave it up. */
  mayBeLost: boolean;
}

export class Ledger {
  readonly pieces: Piece[] = [];
  /** By seq: which change answered whom. */
  readonly acknowledged = new Map<number, string>();
  /** Whose own changes were undone or redone: these may have left the sheet again, and come twice into the history. */
  readonly undoers = new Set<number>();
  readonly log: string[] = [];
  private readonly start = Date.now();
  private begun = 0;

  constructor(private readonly seed: number) {}

  nextPiece(): string {
    this.begun += 1;
    return `〔${this.seed.toString(36)}-${this.begun}〕`;
  }

  typed(text: string, who: number): void {
    this.pieces.push({ text, who, at: Date.now(), mayBeLost: false });
  }

  /** The browser of this person is about to be killed. */
  dies(who: number): void {
    const now = Date.now();
    for (const piece of this.pieces) {
      if (piece.who === who && now - piece.at <= SAFE_MS) piece.mayBeLost = true;
    }
  }

  /** Somebody was shown their own text once more and gave it up. */
  givenUp(texts: string[], who: number): void {
    for (const piece of this.pieces) {
      if (piece.who === who && texts.includes(piece.text)) piece.mayBeLost = true;
    }
  }

  note(text: string): void {
    this.log.push(`${String(Date.now() - this.start).padStart(6)} ms  ${text}`);
  }

  /** The pieces that stand in a text. */
  static in(text: string): string[] {
    return text.match(/〔[0-9a-z]+-\d+〕/g) ?? [];
  }
}
