package dev.sluice.nbd;

import dev.sluice.nbd.handshake.ClientFlags;
import dev.sluice.nbd.handshake.ExportNameReply;
import dev.sluice.nbd.handshake.Greeting;
import dev.sluice.nbd.handshake.InvalidOptionException;
import dev.sluice.nbd.handshake.Option;
import dev.sluice.nbd.handshake.OptionDecoder;
import dev.sluice.nbd.handshake.OptionHeader;
import dev.sluice.nbd.handshake.OptionReply;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Refusal;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.nbd.transmission.RequestRules;
import dev.sluice.nbd.transmission.SimpleReply;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** Serves one client the export "vm1", an array in memory, in a thread of its own. */
final class FakeNbdServer implements AutoCloseable {

  static final int FLAGS =
      TransmissionFlags.HAS_FLAGS
          | TransmissionFlags.SEND_FLUSH
          | TransmissionFlags.SEND_TRIM
          | TransmissionFlags.SEND_WRITE_ZEROES;

  private final ServerSocketChannel listener;
  private final Thread thread;
  private final byte[] export;
  private final RequestRules rules;
  private volatile Optional<IOException> failure = Optional.empty();

  FakeNbdServer(ServerSocketChannel listener, int size) {
    this.listener = listener;
    this.export = new byte[size];
    this.rules = new RequestRules(size, FLAGS, false);
    this.thread = Thread.ofVirtual().start(this::run);
  }

  SocketAddress address() throws IOException {
    return listener.getLocalAddress();
  }

  /** Waits for the connection's end and gives what ended it, other than the client's wish. */
  Optional<IOException> failure() throws InterruptedException {
    thread.join();
    return failure;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    thread.interrupt();
  }

  private void run() {
    try (SocketChannel client = listener.accept()) {
      if (shakesHands(client)) {
        transmit(client);
      }
    } catch (IOException e) {
      failure = Optional.of(e);
    }
  }

  private boolean shakesHands(SocketChannel client) throws IOException {
    send(client, Greeting.encode(3));
    ClientFlags flags = ClientFlags.decode(receive(client, 4).getInt());
    while (true) {
      OptionHeader header = OptionHeader.decode(receive(client, Protocol.OPTION_HEADER_LENGTH));
      int code = header.code();
      try {
        switch (OptionDecoder.decode(code, receive(client, header.length()))) {
          case Option.ExportName _ -> {
            send(client, ExportNameReply.encode(export.length, FLAGS, flags.noZeroes()));
            return true;
          }
          case Option.Go go when go.name().equals("vm1") -> {
            send(client, OptionReply.infoBlockSize(code, 1, 4096, Protocol.MAX_BLOCK));
            send(client, OptionReply.infoExport(code, export.length, FLAGS));
            send(client, OptionReply.ack(code));
            return true;
          }
          case Option.Go _, Option.Info _ ->
              send(client, OptionReply.error(code, ReplyType.ERR_UNKNOWN, "no such export"));
          case Option.ListExports _ -> {
            send(client, OptionReply.server(code, "vm1"));
            send(client, OptionReply.ack(code));
          }
          case Option.Abort _ -> {
            send(client, OptionReply.ack(code));
            return false;
          }
          default -> send(client, OptionReply.error(code, ReplyType.ERR_UNSUP, "not supported"));
        }
      } catch (InvalidOptionException e) {
        send(client, OptionReply.error(code, e.errorReply(), e.getMessage()));
      }
    }
  }

  private void transmit(SocketChannel client) throws IOException {
    while (true) {
      Request request = Request.decode(receive(client, Protocol.REQUEST_LENGTH));
      ByteBuffer payload = receive(client, (int) request.payloadLength());
      Optional<Refusal> refusal = rules.check(request);
      if (refusal.isPresent()) {
        reply(client, refusal.get().error(), request);
        continue;
      }
      int offset = (int) request.offset();
      switch (request.command().orElseThrow()) {
        case READ -> {
          reply(client, NbdError.SUCCESS, request);
          send(client, ByteBuffer.wrap(export, offset, (int) request.length()));
        }
        case WRITE -> {
          payload.get(export, offset, (int) request.length());
          reply(client, NbdError.SUCCESS, request);
        }
        case WRITE_ZEROES -> {
          ByteBuffer.wrap(export, offset, (int) request.length())
              .put(new byte[(int) request.length()]);
          reply(client, NbdError.SUCCESS, request);
        }
        case DISC -> {
          return;
        }
        default -> reply(client, NbdError.SUCCESS, request);
      }
    }
  }

  private static void reply(SocketChannel client, NbdError error, Request request)
      throws IOException {
    ByteBuffer reply = ByteBuffer.allocate(Protocol.SIMPLE_REPLY_LENGTH);
    SimpleReply.encode(reply, error, request.cookie());
    send(client, reply.flip());
  }

  private static void send(SocketChannel client, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      client.write(bytes);
    }
  }

  private static ByteBuffer receive(SocketChannel client, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (client.read(bytes) < 0) {
        throw new EOFException("the client closed");
      }
    }
    return bytes.flip();
  }
}
