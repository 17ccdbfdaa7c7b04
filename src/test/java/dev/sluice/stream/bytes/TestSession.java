package dev.sluice.stream.bytes;

import dev.sluice.posix.ErrnoException;
import dev.sluice.stream.ClientGoneException;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.Transport;
import dev.sluice.stream.client.Client;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The serving side of one connection, with a protocol of its own: a request is an operation, an
 * offset and a length, in 8 bytes each, and the payload; a reply is a status in 8 bytes, and the
 * data. What a stream promises about exceptions is held here: any other goes to the observer.
 */
final class TestSession implements Runnable {

  enum Operation {
    WRITE,
    READ,
    ZEROES,
    TRIM,
    FLUSH,
    DISCONNECT
  }

  enum Status {
    OK,
    REFUSED,
    ENDED
  }

  static final int HEADER = 24;
  static final int STATUS = 8;

  private final Transport transport;
  private final ByteStream stream;
  private final Duration linger;
  private final Consumer<Throwable> surprises;
  private final ByteBuffer header = ByteBuffer.allocateDirect(HEADER);
  private final ByteBuffer reply = ByteBuffer.allocateDirect(STATUS);

  /**
   * A session.
   *
   * @param linger how long a client of an ended stream is waited for
   * @param surprises is told of exceptions that a stream must not throw
   */
  TestSession(
      Transport transport, ByteStream stream, Duration linger, Consumer<Throwable> surprises) {
    this.transport = transport;
    this.stream = stream;
    this.linger = linger;
    this.surprises = surprises;
  }

  @Override
  public void run() {
    try (Client client = stream.newClient(transport, linger)) {
      Goodbye goodbye = new Goodbye(Goodbye.Kind.LOST, "the session broke");
      try {
        goodbye = serve(client);
      } catch (RuntimeException | Error e) {
        surprises.accept(e);
      } finally {
        stream.leave(client, goodbye);
      }
    } catch (ErrnoException | RuntimeException | Error e) {
      surprises.accept(e);
    }
  }

  private Goodbye serve(Client client) {
    try {
      while (receive(client)) {
        Operation operation = Operation.values()[(int) header.getLong(0)];
        if (operation == Operation.DISCONNECT) {
          return new Goodbye(Goodbye.Kind.DISCONNECTED, "the client disconnected");
        }
        answer(client, operation, header.getLong(8), header.getLong(16));
      }
      return new Goodbye(Goodbye.Kind.CLOSED, "the client closed its connection");
    } catch (ClientGoneException | StreamEndedException e) {
      return new Goodbye(Goodbye.Kind.LOST, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      surprises.accept(e);
      return new Goodbye(Goodbye.Kind.LOST, "a surprise");
    }
  }

  private boolean receive(Client client) throws IOException {
    while (true) {
      try {
        return stream.receive(client, MemorySegment.ofBuffer(header));
      } catch (StreamEndedException e) {
        acknowledge(client, e);
      }
    }
  }

  private void answer(Client client, Operation operation, long offset, long length)
      throws IOException {
    client.connection().expectPayload(operation == Operation.WRITE ? length : 0);
    boolean[] replying = new boolean[1];
    Status status = Status.OK;
    @Nullable StreamEndedException ended = null;
    try {
      switch (operation) {
        case WRITE -> stream.write(client, offset, length);
        case READ ->
            stream.read(
                client,
                offset,
                length,
                (_, _) -> {
                  replying[0] = true;
                  send(client, Status.OK, length > 0);
                });
        case ZEROES -> stream.writeZeroes(client, offset, length);
        case TRIM -> stream.trim(client, offset, length);
        case FLUSH -> stream.flush(client);
        case DISCONNECT -> throw new IllegalStateException();
      }
    } catch (RefusedRequestException e) {
      status = Status.REFUSED;
    } catch (StreamEndedException e) {
      status = Status.ENDED;
      ended = e;
      client.acknowledgeEnd();
    }
    client.connection().clientWaiter().decided(_ -> client.acknowledgeEnd());
    if (!replying[0]) {
      client.connection().discardPayload();
      send(client, status, false);
    } else if (status != Status.OK) {
      throw new ClientGoneException("a reply could not be finished");
    }
    if (ended != null) {
      acknowledge(client, ended);
    }
  }

  private void send(Client client, Status status, boolean more) throws IOException {
    reply.putLong(0, status.ordinal());
    client.connection().send(MemorySegment.ofBuffer(reply), more);
  }

  private static void acknowledge(Client client, StreamEndedException end) throws IOException {
    if (end.state() != StreamState.FAILED) {
      throw end;
    }
    client.acknowledgeEnd();
  }
}
