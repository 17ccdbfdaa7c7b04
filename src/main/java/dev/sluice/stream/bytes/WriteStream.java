package dev.sluice.stream.bytes;

import dev.sluice.endpoint.Endpoint;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.ReadReply;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamExtent.Content;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.client.Client;
import dev.sluice.stream.client.Waiter;
import dev.sluice.stream.client.Worker;
import dev.sluice.stream.client.WriteHistory;
import dev.sluice.stream.core.BrokenStreamException;
import dev.sluice.stream.core.StreamCore;
import dev.sluice.stream.io.Outlet;
import dev.sluice.stream.window.ExtentList;
import dev.sluice.stream.window.Retained;
import dev.sluice.stream.window.Window;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A stream that clients write. Payload at the position goes straight to the peer. What comes ahead
 * of it is kept in the window until the bytes before it have come. The head is kept until something
 * reaches beyond it, and can be rewritten until then, because clients begin by probing.
 */
public final class WriteStream extends ByteStream {

  private final Endpoint endpoint;
  private final Outlet outlet;
  private final Window window;
  private final Sequencer sequencer;

  private final Evidence evidence;
  private final @Nullable Retained retained;
  private final Repeats repeats;
  private final WriteChecks checks;
  private final WriteCompletion completion;
  private final WriteDelivery delivery;
  private final StreamCore core;

  /** Creates a stream into an endpoint, and takes over the endpoint. */
  public WriteStream(Endpoint endpoint, StreamSettings settings, StreamContext context) {
    super(Direction.WRITE, endpoint, settings, context);
    this.core = core();
    this.endpoint = endpoint;
    this.outlet = new Outlet(endpoint, core, settings.timeouts().peer());
    this.window = new Window(memory().account(), settings.reservedHead());
    this.sequencer = new Sequencer(core, window, outlet, settings.reorderWindow());
    this.evidence = new Evidence(core, window, sequencer);
    this.retained =
        settings.resumeWindow() == 0
            ? null
            : new Retained(memory().account(), settings.resumeWindow());
    this.repeats = new Repeats(retained);
    this.checks = new WriteChecks(core, sequencer, evidence, repeats);
    this.completion = new WriteCompletion(core, window, sequencer, outlet, this::complete);
    this.delivery = new WriteDelivery(core, memory(), window, sequencer, evidence, completion);
    if (retained != null) {
      core.progress().tellAlso(retained);
    }
  }

  @Override
  void doWrite(Client client, long offset, long length) throws IOException {
    serve(
        client,
        offset,
        length,
        false,
        from -> delivery.putData(client, from, settings().writtenTo(offset, length)));
  }

  @Override
  void doWriteZeroes(Client client, long offset, long length) throws IOException {
    serve(
        client,
        offset,
        length,
        true,
        from -> delivery.putZeroes(client, from, settings().writtenTo(offset, length)));
  }

  /**
   * Serves the part of a request from {@code from} on. Returns false if others were served
   * meanwhile, so that the request has to be checked again.
   */
  private interface Rest {
    boolean put(long from) throws IOException;
  }

  private void serve(Client client, long offset, long length, boolean zeroes, Rest rest)
      throws IOException {
    long end = settings().writtenTo(offset, length);
    if (offset >= end) {
      return; // the padding of the last sector
    }
    do {
      checks.requireInPlace(client, offset, length); // others may have been served meanwhile
    } while (!isRetaining(client));
    if (offset < position()) {
      checks.dropRepeated(client, offset, length, zeroes);
    }
    long from = Math.clamp(position(), offset, end);
    core.resume();
    evidence.write(client.writes());
    Repeats.Served served = repeats.begin(client.connection(), offset, length, zeroes);
    boolean contributes = true;
    try {
      while (from < end && !(isRetaining(client) && rest.put(from))) {
        checks.requireInPlace(client, offset, length); // others may have been served meanwhile
        if (from < position()) {
          throw checks.refused(client, from, "another client has written there meanwhile");
        }
      }
      served.reach(end);
      client.writes().reach(end);
    } catch (RefusedRequestException e) {
      contributes = false;
      throw e;
    } finally {
      served.reach(Math.min(position(), end));
      if (contributes) {
        client.writes().contribute(from, end);
      }
    }
  }

  /**
   * Returns whether delivered bytes are kept as the settings ask for. Opens the ring if need be.
   * Returns false if others were served meanwhile.
   */
  private boolean isRetaining(Client client) throws IOException {
    if (retained == null || retained.isOpen()) {
      return true;
    }
    if (!memory().fill(client, retained.capacity(), retained::isOpen)) {
      return false;
    }
    retained.open(client.pocket());
    return true;
  }

  /** Does nothing. What is trimmed need not become zeroes, and is often written next. */
  @Override
  void doTrim(Client client, long offset, long length) {}

  /** Notes the flush. Data without a gap before it has gone; data for a gap may still come. */
  @Override
  void doFlush(Client client) {
    client.writes().flush();
  }

  /** Sends what is kept, and zeroes where nothing was written yet. */
  @Override
  void doRead(Client client, long offset, long length, ReadReply reply) throws IOException {
    checks.requireReadable(client, offset, offset + length);
    KeptData.send(window, client.connection(), offset, offset + length, reply);
  }

  @Override
  void doMap(long from, long to, ExtentList extents) {
    long ahead = Math.max(from, Math.min(to, position()));
    extents.add(from, ahead, Content.GONE);
    sequencer.describe(ahead, to, extents);
  }

  @Override
  String doLeave(Client client, Goodbye.Kind kind) throws IOException {
    endWriting(client, kind);
    return "";
  }

  private void endWriting(Client client, Goodbye.Kind kind) throws IOException {
    WriteHistory writes = client.writes();
    boolean idle = !writes.wrote() && writes.pendingEnd() == 0;
    repeats.leave(client.connection(), kind);
    boolean whole =
        writes.wrote()
            ? evidence.isWholeByLeave(writes, kind)
            : idle && evidence.isWholeWithout(kind);
    if (whole) {
      completion.deliverRestAndFinish(client.waiter());
    }
    if (whole || idle) {
      return;
    }
    evidence.leftBehind(writes, kind);
    boolean proper = kind == Goodbye.Kind.DISCONNECTED && !writes.isRefused();
    if (proper && evidence.leavesGapsOpen(writes)) {
      throw new RefusedRequestException("the client flushed and left a gap, which is");
    }
  }

  @Override
  void doFinish(Worker worker, Assurances vouched) throws IOException {
    completion.requireWhole(vouched);
    core.resume();
    sequencer.gaps().takeForZeroes();
    completion.deliverRestAndFinish(worker.waiter());
  }

  @Override
  int watchedEndpoint() {
    return endpoint.descriptor();
  }

  @Override
  void checkPeer(Waiter waiter) throws IOException {
    if (endpoint.descriptor() >= 0 && waiter.eventsNow(endpoint.descriptor(), 0) != 0) {
      throw BrokenStreamException.peerGone();
    }
  }

  @Override
  void noteRefusedWrite() {
    evidence.dispute("a client that has bytes in the stream was refused a write");
  }

  @Override
  @Nullable String missing() {
    return evidence.missing();
  }

  @Override
  void giveUpWindows() {
    sequencer.giveUp();
    evidence.look();
    if (sequencer.lost().hasGivenUp()) {
      core.lifecycle()
          .note("what a client had written was given up, since none went on with it in time");
    }
    if (retained != null) {
      retained.close();
    }
  }

  @Override
  void release() {
    outlet.close();
    window.close();
    if (retained != null) {
      retained.close();
    }
  }
}
