package dev.sluice.server.relay;

import dev.sluice.posix.Descriptor;
import dev.sluice.posix.ErrnoException;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Sockets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relays bytes between a client and the owner of its export. An end of input is relayed as one.
 * When either connection breaks, both are reset: the owner must never take a lost client for one
 * that has closed its connection. Owns both sockets. Confined to one thread.
 */
final class Relay {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  /** How long a client may take for the rest after the owner has ended. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final int CLIENT = 0;
  private static final int OWNER = 1;
  private static final int STOP = 2;

  private final Descriptor client;
  private final byte[] fromClient;
  private final Descriptor owner;
  private final byte[] fromOwner;

  /** Whether the owner takes nothing more. Bytes that it has sent may be left. */
  private boolean ownerGone;

  /** When the owner ended, by {@link System#nanoTime}; 0 before that. */
  private long ownerGoneAt;

  /**
   * Takes over both sockets.
   *
   * @param fromClient bytes that were read from the client already
   * @param fromOwner bytes that were read from the owner already
   */
  Relay(int client, byte[] fromClient, int owner, byte[] fromOwner) {
    this.client = new Descriptor(client);
    this.fromClient = fromClient;
    this.owner = new Descriptor(owner);
    this.fromOwner = fromOwner;
  }

  /**
   * Relays until both sides have ended, either connection breaks, or {@code stop} is readable. Then
   * closes both sockets.
   */
  void run(int stop) {
    boolean ended = false;
    try (OneWay up = new OneWay(client.number(), fromClient, owner.number());
        OneWay down = new OneWay(owner.number(), fromOwner, client.number());
        PollSet poll = new PollSet(3)) {
      ended = relay(up, down, poll, stop);
    } catch (ErrnoException e) {
      log.debug("A relay broke: {}", e.getMessage());
    } finally {
      close(!ended);
    }
  }

  /** Closes both sockets, with a reset if {@code broken}. */
  void close(boolean broken) {
    try {
      if (broken) {
        Sockets.resetWhenClosed(owner.number());
        Sockets.resetWhenClosed(client.number());
      }
    } catch (ErrnoException e) {
      log.warn("A relayed connection cannot be reset", e);
    } finally {
      client.close();
      owner.close();
    }
  }

  private boolean relay(OneWay up, OneWay down, PollSet poll, int stop) throws ErrnoException {
    poll.set(STOP, stop, PollSet.READABLE);
    while (true) {
      down.move();
      if (down.isRefused()) {
        return false;
      }
      if (!ownerGone) {
        up.move();
        ownerGone = up.isRefused();
      }
      if (down.isDone() && (up.isDone() || ownerGone)) {
        return true;
      }
      noteOwnersEnd(ownerGone || down.isDone());
      long left = ownerGoneAt == 0 ? -1 : LINGER_NANOS - (System.nanoTime() - ownerGoneAt);
      if (ownerGoneAt != 0 && left <= 0) {
        return down.isDone();
      }
      watch(up, down, poll);
      poll.await(left < 0 ? -1 : (int) TimeUnit.NANOSECONDS.toMillis(left) + 1);
      if ((poll.events(STOP) | (poll.events(CLIENT) & PollSet.ERROR)) != 0) {
        return false;
      }
      ownerGone |= (poll.events(OWNER) & (PollSet.ERROR | PollSet.HANGUP)) != 0;
    }
  }

  private void noteOwnersEnd(boolean ended) {
    if (ended && ownerGoneAt == 0) {
      ownerGoneAt = System.nanoTime();
    }
  }

  /**
   * Watches a socket only while something is expected of it. Otherwise its hang-up would end every
   * wait at once.
   */
  private void watch(OneWay up, OneWay down, PollSet poll) {
    int ofClient =
        (up.wantsMore() && !ownerGone ? PollSet.READABLE : 0)
            | (down.wantsRoom() ? PollSet.WRITABLE : 0);
    boolean clientMatters = ofClient != 0 || !down.isDone();
    poll.set(CLIENT, clientMatters ? client.number() : -1, ofClient);
    int ofOwner =
        (down.wantsMore() ? PollSet.READABLE : 0) | (up.wantsRoom() ? PollSet.WRITABLE : 0);
    poll.set(OWNER, ownerGone && !down.wantsMore() ? -1 : owner.number(), ofOwner);
  }
}
