package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawNbdClient.OptionAnswer;
import dev.sluice.nbd.RawReply;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.stream.Direction;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/**
 * What the tests of the specification's sections have in common: a server, and clients that are as
 * far as a test wants them. Option, request and flag numbers are the specification's, written out.
 */
@Timeout(120)
public abstract class Conformance {

  public static final int MIB = 1 << 20;

  public static final int EXPORT_NAME = 1;
  public static final int ABORT = 2;
  public static final int LIST = 3;
  public static final int STARTTLS = 5;
  public static final int INFO = 6;
  public static final int GO = 7;
  public static final int STRUCTURED_REPLY = 8;
  public static final int LIST_META_CONTEXT = 9;
  public static final int SET_META_CONTEXT = 10;
  public static final int EXTENDED_HEADERS = 11;

  public static final int READ = 0;
  public static final int WRITE = 1;
  public static final int DISC = 2;
  public static final int FLUSH = 3;
  public static final int TRIM = 4;
  public static final int CACHE = 5;
  public static final int WRITE_ZEROES = 6;
  public static final int BLOCK_STATUS = 7;
  public static final int RESIZE = 8;

  public static final int FUA = 1;
  public static final int NO_HOLE = 2;
  public static final int DF = 4;
  public static final int REQ_ONE = 8;
  public static final int FAST_ZERO = 16;
  public static final int PAYLOAD_LEN = 32;

  public static final int BASE = 1;
  public static final int STREAM = 2;

  /** Bytes without a zero among them. */
  static final byte[] DISK = new byte[8 * MIB];

  static RunningServer server;

  @BeforeAll
  static void start() {
    new Random(11).nextBytes(DISK);
    for (int i = 0; i < DISK.length; i++) {
      DISK[i] |= 1;
    }
    server = RunningServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void forgetExports() {
    server.exports().list().forEach(export -> server.exports().delete(export.name(), true));
    await().until(() -> server.nbd().sessionCount() == 0);
  }

  static dev.sluice.export.Export write(String name, long size) {
    return server.export(name, Direction.WRITE, size);
  }

  /** A read export with a peer that gives so much of the disk, and then closes. */
  static dev.sluice.export.Export read(String name, long size, int given) {
    dev.sluice.export.Export export = server.export(name, Direction.READ, size);
    Pipes.write(server.path(name), Arrays.copyOf(DISK, given));
    return export;
  }

  /** A client that has not sent its flags. */
  static RawNbdClient greeted() throws IOException {
    RawNbdClient client = RawNbdClient.open(server.tcp(), Duration.ofSeconds(20));
    client.receiveGreeting();
    return client;
  }

  static RawNbdClient simple(String export) throws IOException {
    RawNbdClient client = server.connect();
    client.go(export);
    return client;
  }

  static RawNbdClient structured(String export, String... contexts) throws IOException {
    return inTransmission(STRUCTURED_REPLY, export, contexts);
  }

  static RawNbdClient extended(String export, String... contexts) throws IOException {
    return inTransmission(EXTENDED_HEADERS, export, contexts);
  }

  private static RawNbdClient inTransmission(int option, String export, String... contexts)
      throws IOException {
    RawNbdClient client = server.connect();
    client.agreeOn(option);
    if (contexts.length > 0) {
      assertThat(client.setContexts(export, contexts)).containsExactlyInAnyOrder(contexts);
    }
    client.go(export);
    return client;
  }

  static Request compact(int flags, int type, long offset, int length) {
    return new Request(flags, type, 0x0123456789abcdefL, offset, length);
  }

  static Request wide(int flags, int type, long offset, long length) {
    return new Request(flags, type, 0x0123456789abcdefL, offset, length, true);
  }

  static ReplyType answer(RawNbdClient client, int option, byte... data) throws IOException {
    List<OptionAnswer> answers = client.option(option, data);
    return answers.getLast().replyType();
  }

  static void assertError(RawReply reply, NbdError error) {
    assertThat(NbdError.of(reply.error())).contains(error);
  }

  /** Asserts that a client of simple replies gets this error, and nothing behind it. */
  static void assertAnswer(RawNbdClient client, NbdError error, Request request, byte... payload)
      throws IOException {
    client.send(request, payload);
    assertThat(client.receive()).isEqualTo(new RawNbdClient.Answer(error.code(), request.cookie()));
  }
}
