package dev.sluice.stream.bytes;

import dev.sluice.stream.client.Client;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.io.Intake;
import dev.sluice.stream.request.WindowReserve;
import dev.sluice.stream.window.Ranges;
import java.io.IOException;

/**
 * Takes input into memory that can be read later, or again: the head, what a client skips, and the
 * last bytes that are passed on. Guarded by the request lock.
 */
final class PassedInput {

  private final StreamCore core;
  private final WindowReserve memory;
  private final Kept kept;
  private final Intake intake;
  private final InputEnd inputEnd;
  private final ReadChecks checks;
  private final Ranges unread;

  /**
   * Creates it.
   *
   * @param kept where the input is kept
   * @param unread gets the ranges that have to be kept for later
   */
  PassedInput(
      StreamCore core,
      WindowReserve memory,
      Kept kept,
      Intake intake,
      InputEnd inputEnd,
      ReadChecks checks,
      Ranges unread) {
    this.core = core;
    this.memory = memory;
    this.kept = kept;
    this.intake = intake;
    this.inputEnd = inputEnd;
    this.checks = checks;
    this.unread = unread;
  }

  /**
   * Opens the ring of the last bytes that are passed on, if the settings have one. May wait for its
   * memory.
   */
  void openRecent(Client client) throws IOException {
    while (!kept.recent().isOpen()
        && !memory.fill(client, core.settings().resumeWindow(), kept.recent()::isOpen)) {
      checks.requireNotEnded(); // others may have been served meanwhile
    }
    kept.recent().open(client.pocket(), core.position());
  }

  /** Keeps all input up to an offset, because it belongs to the head, or is skipped. */
  void keepUntil(Client client, long offset) throws IOException {
    while (core.position() < offset) {
      long from = core.position();
      long end = kept.partEnd(from, offset);
      if (!memory.fill(client, kept.sharedBytesFor(from, end), () -> core.position() >= offset)) {
        checks.requireNotEnded(); // others may have been served meanwhile
        continue;
      }
      Worker worker = client.connection().worker();
      long to = from + inputEnd.gather(worker, worker.waiter().awaitRate(end - from));
      kept.store(client.pocket(), from, to, intake.taken()::copy);
      unread.add(from, to);
      unread.collapseAbove(Receipts.MOST);
    }
  }
}
