package dev.sluice.server.session;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
import dev.sluice.nbd.transmission.Command;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Refusal;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.posix.ErrnoException;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Transport;
import dev.sluice.stream.bytes.ByteStream;
import dev.sluice.stream.client.Client;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the transmission phase with one client: reads a request, lets the stream execute it, and
 * replies, one request after the other. It has a thread of its own (specification: "Transmission").
 */
final class Session implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Session.class);

  private final Transport transport;
  private final NegotiatedExport chosen;
  private final ByteStream stream;
  private final RequestObserver observer;
  private final BooleanSupplier stopping;
  private final BlockStatus status;
  private final ByteBuffer header;
  private @Nullable String refusal;

  /**
   * Creates a session, which owns the transport and the client's attachment to the stream.
   *
   * @param observer measures its requests
   * @param stopping whether a stream that ends now does so because the service stops
   */
  Session(
      Transport transport,
      NegotiatedExport chosen,
      RequestObserver observer,
      BooleanSupplier stopping) {
    this.transport = transport;
    this.chosen = chosen;
    this.stream = chosen.export().stream();
    this.observer = observer;
    this.stopping = stopping;
    this.status = new BlockStatus(chosen);
    this.header = ByteBuffer.allocateDirect(chosen.dialect().requestLength());
  }

  @Override
  public void run() {
    try (Client client = client()) {
      Goodbye goodbye = new Goodbye(Goodbye.Kind.LOST, "the session broke");
      try {
        goodbye = serve(client);
      } catch (RuntimeException e) {
        log.error("A session of export {} broke", chosen.export().name(), e);
      } finally {
        log.debug("A client of export {} left: {}", chosen.export().name(), goodbye);
        stream.leave(client, goodbye);
      }
    } catch (ErrnoException e) {
      log.warn("A client of export {} cannot be served", chosen.export().name(), e);
    }
  }

  private Client client() throws ErrnoException {
    try {
      return stream.newClient(transport);
    } catch (ErrnoException | RuntimeException | OutOfMemoryError e) {
      transport.close();
      stream.detach();
      throw e;
    }
  }

  private Goodbye serve(Client client) {
    ReplyWriter replies = ReplyWriter.of(chosen.dialect(), client.connection());
    try {
      while (true) {
        Optional<Request> request = receive(client);
        if (request.isEmpty()) {
          return goodbye(Goodbye.Kind.CLOSED, "the client closed its connection");
        }
        if (request.get().command().equals(Optional.of(Command.DISC))) {
          return goodbye(Goodbye.Kind.DISCONNECTED, "the client disconnected");
        }
        answer(client, request.get(), replies);
      }
    } catch (IOException e) {
      return goodbye(Goodbye.Kind.LOST, String.valueOf(e.getMessage()));
    }
  }

  private Goodbye goodbye(Goodbye.Kind kind, String reason) {
    return new Goodbye(kind, refusal == null ? reason : reason + " after this: " + refusal);
  }

  private Optional<Request> receive(Client client) throws IOException {
    header.clear();
    boolean received = false;
    while (!received) {
      try {
        if (!stream.receive(client, MemorySegment.ofBuffer(header))) {
          return Optional.empty();
        }
        received = true;
      } catch (StreamEndedException e) {
        acknowledge(client, e);
      }
    }
    return Optional.of(chosen.dialect().decode(header));
  }

  private void answer(Client client, Request request, ReplyWriter replies) throws IOException {
    long since = System.nanoTime();
    requirePayloadWithinLimit(request);
    client.connection().expectPayload(request.payloadLength());
    replies.begin(request);
    @Nullable StreamEndedException ended = null;
    Optional<Refusal> refused;
    try {
      refused = chosen.rules().check(request);
      refused.ifPresent(broken -> noteBroken(client, request, broken));
      if (refused.isEmpty()) {
        refused = carryOut(client, request, replies);
        refused.ifPresent(this::note);
      }
    } catch (RefusedRequestException e) {
      refused = Optional.of(new Refusal(NbdError.EIO, String.valueOf(e.getMessage())));
      note(refused.get());
    } catch (StreamEndedException e) {
      ended = e;
      refused = Optional.of(new Refusal(errorAfter(e), String.valueOf(e.getMessage())));
      client.acknowledgeEnd();
    }
    client.connection().clientWaiter().decided(end -> acknowledge(client, end));
    client.connection().discardPayload();
    if (refused.isPresent()) {
      replies.fail(refused.get());
    } else {
      replies.finish();
    }
    NbdError result = refused.map(Refusal::error).orElse(NbdError.SUCCESS);
    observer.requestServed(request.command().orElse(null), result, System.nanoTime() - since);
    if (ended != null) {
      acknowledge(client, ended);
    }
  }

  private Optional<Refusal> carryOut(Client client, Request request, ReplyWriter replies)
      throws IOException {
    Command command = request.command().orElseThrow();
    long offset = request.offset();
    long length = request.length();
    switch (command) {
      case READ -> stream.read(client, offset, length, replies);
      case WRITE -> stream.write(client, offset, length);
      case WRITE_ZEROES -> stream.writeZeroes(client, offset, length);
      case TRIM -> stream.trim(client, offset, length);
      case FLUSH -> stream.flush(client);
      case CACHE -> {} // nothing to do: what is kept stays kept, and nothing else may be taken yet
      case BLOCK_STATUS -> {
        return status.answer(client, request, replies);
      }
      case DISC, RESIZE -> throw new IllegalStateException("the rules let through " + command);
    }
    // FUA needs nothing more: every write is replied to once it has its place in the stream.
    return Optional.empty();
  }

  /** Fails if the payload is too large to be read and dropped, which a refused request needs. */
  private static void requirePayloadWithinLimit(Request request) throws ProtocolException {
    if (Long.compareUnsigned(request.payloadLength(), Protocol.MAX_PAYLOAD) > 0) {
      throw new ProtocolException(
          "payload length: %s (expected: <= %d)"
              .formatted(Long.toUnsignedString(request.payloadLength()), Protocol.MAX_PAYLOAD));
    }
  }

  /**
   * Notes a refused request, and tells the stream if a write is missing now. After ENOTSUP the
   * client writes the zeroes in another way, and a trim is only advice.
   */
  private void noteBroken(Client client, Request request, Refusal broken) {
    if (broken.error() == NbdError.ENOTSUP) {
      return;
    }
    note(broken);
    boolean trim = request.command().equals(Optional.of(Command.TRIM));
    if (!trim && request.command().map(Command::writes).orElse(true)) {
      stream.markRefused(client);
    }
  }

  /** Keeps and logs the first refusal. Logging all of them could flood the log. */
  private void note(Refusal refused) {
    if (refusal == null) {
      refusal = refused.reason();
      String note = chosen.export().refusals().take();
      if (note != null) {
        log.info("Export {} refused a request: {}{}", chosen.export().name(), refusal, note);
      }
    }
  }

  private NbdError errorAfter(StreamEndedException end) {
    return isTakenAway(end) ? NbdError.ESHUTDOWN : NbdError.EIO;
  }

  private boolean isTakenAway(StreamEndedException end) {
    return end.state() != StreamState.FAILED || stopping.getAsBoolean();
  }

  /**
   * Lets the client of a failed stream stay, so that its next requests get the error. Dismisses it
   * if the export was taken away.
   */
  private void acknowledge(Client client, StreamEndedException end) {
    if (isTakenAway(end)) {
      client.dismiss();
    } else {
      client.acknowledgeEnd();
    }
  }
}
