package dev.sluice.server;

import dev.sluice.nbd.Command;
import dev.sluice.nbd.CommandFlags;
import dev.sluice.nbd.NbdError;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.ProtocolException;
import dev.sluice.nbd.Refusal;
import dev.sluice.nbd.Request;
import dev.sluice.nbd.SimpleReply;
import dev.sluice.stream.ByteStream;
import dev.sluice.stream.Client;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Transport;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transmission phase with one client: read a request, have its stream carry it out, reply; one
 * after the other, on a thread of its own (specification: "Transmission").
 */
final class Session implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Session.class);

  private final Transport transport;
  private final NegotiatedExport chosen;
  private final ByteStream stream;
  private final ByteBuffer header = ByteBuffer.allocateDirect(Protocol.REQUEST_LENGTH);
  private final ByteBuffer reply = ByteBuffer.allocateDirect(Protocol.SIMPLE_REPLY_LENGTH);

  /** The reply to a read has begun, so that only the rest of it may follow. */
  private boolean replying;

  private @Nullable String refusal;

  Session(Transport transport, NegotiatedExport chosen) {
    this.transport = transport;
    this.chosen = chosen;
    this.stream = chosen.export().stream();
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
    }
  }

  private Client client() {
    try {
      return new Client(transport, stream);
    } catch (RuntimeException | OutOfMemoryError e) {
      transport.close();
      stream.detach();
      throw e;
    }
  }

  private Goodbye serve(Client client) {
    try {
      while (true) {
        Optional<Request> request = receive(client);
        if (request.isEmpty()) {
          return goodbye(Goodbye.Kind.CLOSED, "the client closed its connection");
        }
        if (request.get().command().equals(Optional.of(Command.DISC))) {
          return goodbye(Goodbye.Kind.DISCONNECTED, "the client disconnected");
        }
        answer(client, request.get());
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
        if (!client.readHeader(MemorySegment.ofBuffer(header))) {
          return Optional.empty();
        }
        received = true;
      } catch (StreamEndedException e) {
        acknowledge(client, e);
      }
    }
    return Optional.of(Request.decode(header));
  }

  private void answer(Client client, Request request) throws IOException {
    client.expectPayload(request.carriesPayload() ? request.unsignedLength() : 0);
    replying = false;
    Optional<Refusal> broken = chosen.rules().check(request);
    if (broken.isPresent() && request.command().map(Command::writes).orElse(true)) {
      client.markRefused();
    }
    NbdError error = broken.map(this::refused).orElse(NbdError.SUCCESS);
    @Nullable StreamEndedException ended = null;
    if (error == NbdError.SUCCESS) {
      try {
        carryOut(client, request);
      } catch (RefusedRequestException e) {
        error = refused(new Refusal(NbdError.EIO, String.valueOf(e.getMessage())));
      } catch (StreamEndedException e) {
        ended = e;
        error = e.state() == StreamState.FAILED ? NbdError.EIO : NbdError.ESHUTDOWN;
        client.acknowledgeEnd();
      }
    }
    if (!replying) {
      discardPayload(client, request);
      send(client, error, request.cookie(), false);
    } else if (error != NbdError.SUCCESS) {
      throw new ProtocolException("a reply could not be finished: " + error);
    }
    if (ended != null) {
      acknowledge(client, ended);
    }
  }

  private void carryOut(Client client, Request request) throws IOException {
    Command command = request.command().orElseThrow();
    long offset = request.offset();
    long length = request.unsignedLength();
    switch (command) {
      case READ -> stream.read(client, offset, length, (_, _) -> beginReply(client, request));
      case WRITE -> stream.write(client, offset, length);
      case WRITE_ZEROES -> stream.writeZeroes(client, offset, length);
      case TRIM -> stream.trim(client, offset, length);
      case FLUSH -> stream.flush(client);
      case DISC, CACHE, BLOCK_STATUS, RESIZE ->
          throw new IllegalStateException("the rules let through " + command);
    }
    if (command.writes() && (request.flags() & CommandFlags.FUA) != 0) {
      stream.flush(client);
    }
  }

  private void beginReply(Client client, Request request) throws IOException {
    replying = true;
    send(client, NbdError.SUCCESS, request.cookie(), request.length() != 0);
  }

  private void send(Client client, NbdError error, long cookie, boolean more) throws IOException {
    reply.clear();
    SimpleReply.encode(reply, error, cookie);
    client.send(MemorySegment.ofBuffer(reply.flip()), more);
  }

  /** A refused write's payload has to go, but not any amount of it. */
  private static void discardPayload(Client client, Request request) throws IOException {
    if (request.carriesPayload() && request.unsignedLength() > Protocol.MAX_PAYLOAD) {
      throw new ProtocolException(
          "a write's length: %d (expected: <= %d)"
              .formatted(request.unsignedLength(), Protocol.MAX_PAYLOAD));
    }
    client.discardPayload();
  }

  /** Keeps and logs the first refusal: a client that is refused often would flood the log. */
  private NbdError refused(Refusal refused) {
    if (refusal == null) {
      refusal = refused.reason();
      log.info("Export {} refused a request: {}", chosen.export().name(), refused.reason());
    }
    return refused.error();
  }

  /** A client of a failed stream stays, to be told; of one that was taken away, it has to go. */
  private static void acknowledge(Client client, StreamEndedException end) {
    if (end.state() == StreamState.FAILED) {
      client.acknowledgeEnd();
    } else {
      client.dismiss();
    }
  }
}
