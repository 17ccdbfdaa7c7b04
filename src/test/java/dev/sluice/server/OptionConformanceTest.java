package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.Export;
import dev.sluice.nbd.OptionRefusedException;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawNbdClient.OptionAnswer;
import dev.sluice.nbd.TransmissionFlags;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections "Option types" and "Option reply types". */
class OptionConformanceTest extends Conformance {

  // NBD_OPT_EXPORT_NAME

  @Test
  void exportNameOfNoExportEndsTheSession() throws IOException {
    try (RawNbdClient client = server.connect()) {
      client.sendOption(EXPORT_NAME, "nobody".getBytes(UTF_8));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void theEmptyNameIsTheDefaultExportWhichThereIsNot() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, GO, RawNbdClient.infoData(""))).isEqualTo(ReplyType.ERR_UNKNOWN);
      client.sendOption(EXPORT_NAME);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void exportNameAfterExtendedHeadersEndsTheSession() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(EXTENDED_HEADERS);
      client.sendOption(EXPORT_NAME, "here".getBytes(UTF_8));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void exportNameKeepsStructuredReplies() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(STRUCTURED_REPLY);
      assertThat(client.exportName("here").flags() & 0x80).isNotZero();
      assertThat(client.request(compact(0, READ, 0, 512)).isSimple()).isFalse();
    }
  }

  // NBD_OPT_ABORT

  @Test
  void anAbortWithDataIsAnAbort() throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, ABORT, new byte[100])).isEqualTo(ReplyType.ACK);
    }
  }

  // NBD_OPT_LIST

  @Test
  void listAnswersOnceForEachOpenExportThatIsListedAndThenAcknowledges() throws IOException {
    server.listedExport("one", Direction.WRITE, 4096);
    write("hidden", 4096);
    server.listedExport("two", Direction.READ, 0);
    server.listedExport("gone", Direction.READ, 0).stream().fail("a test said so");
    try (RawNbdClient client = server.connect()) {
      List<OptionAnswer> answers = client.option(LIST);

      assertThat(answers)
          .extracting(OptionAnswer::replyType)
          .containsExactly(ReplyType.SERVER, ReplyType.SERVER, ReplyType.ACK);
      assertThat(answers.getFirst().data()).isEqualTo(new byte[] {0, 0, 0, 3, 'o', 'n', 'e'});
      assertThat(answers.get(1).text()).endsWith("two");
    }
  }

  @Test
  void anExportThatIsNotListedCanBeUsedByWhoeverKnowsItsName() throws IOException {
    write("secret", 4096);
    try (RawNbdClient client = server.connect()) {
      assertThat(client.option(LIST)).hasSize(1);
      assertThat(answer(client, INFO, RawNbdClient.infoData("secret"))).isEqualTo(ReplyType.ACK);
      assertThat(client.go("secret").size()).isEqualTo(4096);
    }
  }

  @Test
  void listOfNothingIsAnAcknowledgement() throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(client.option(LIST)).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {LIST, STARTTLS, STRUCTURED_REPLY, EXTENDED_HEADERS})
  void optionsWithoutDataAreInvalidWithSome(int option) throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, option, (byte) 0)).isEqualTo(ReplyType.ERR_INVALID);
      assertThat(answer(client, LIST)).isEqualTo(ReplyType.ACK);
    }
  }

  // NBD_OPT_INFO and NBD_OPT_GO

  @ParameterizedTest
  @ValueSource(ints = {INFO, GO})
  void theExportIsToldWithoutBeingAskedFor(int option) throws IOException {
    write("here", 5000);
    try (RawNbdClient client = server.connect()) {
      Map<Integer, ByteBuffer> told = information(client, option, "here");

      assertThat(told.keySet()).containsExactly(0);
      ByteBuffer export = Objects.requireNonNull(told.get(0));
      assertThat(export.remaining()).isEqualTo(10);
      assertThat(export.getLong()).isEqualTo(5120);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {INFO, GO})
  void everythingElseIsToldWhenAskedFor(int option) throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      Map<Integer, ByteBuffer> told = information(client, option, "here", 3, 1, 0, 2);

      assertThat(told.keySet()).containsExactly(0, 1, 2, 3);
      assertThat(UTF_8.decode(told.get(1)).toString()).isEqualTo("here");
      assertThat(UTF_8.decode(told.get(2)).toString()).contains("4096 bytes", "written");
      assertThat(told.get(3))
          .isEqualTo(ByteBuffer.allocate(12).putInt(1).putInt(1 << 18).putInt(1 << 25).flip());
    }
  }

  @Test
  void unknownInformationRequestsAreIgnored() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      assertThat(information(client, INFO, "here", 4, 0xffff, 1).keySet()).containsExactly(0, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {INFO, GO})
  void anUnknownExportIsToldAsSuchAndNothingElse(int option) throws IOException {
    try (RawNbdClient client = server.connect()) {
      List<OptionAnswer> answers = client.option(option, RawNbdClient.infoData("nobody", 0, 1));

      assertThat(answers).hasSize(1);
      assertThat(answers.getFirst().replyType()).isEqualTo(ReplyType.ERR_UNKNOWN);
      assertThat(answers.getFirst().text()).contains("nobody");
    }
  }

  @Test
  void anEndedExportCannotBeChosen() throws IOException {
    write("ended", 1000).stream().fail("a test said so");
    try (RawNbdClient client = server.connect()) {
      assertThatThrownBy(() -> client.go("ended")).isInstanceOf(OptionRefusedException.class);
    }
  }

  /** Several connections are not among what is offered. */
  @Test
  void aWriteExportCanBeWrittenFlushedTrimmedAndZeroed() throws IOException {
    write("write", 0);
    try (RawNbdClient client = server.connect()) {
      RawNbdClient.Export export = client.go("write");

      assertThat(export.size()).isEqualTo((1L << 62) - (1L << 30) + (1L << 62));
      assertThat(export.flags())
          .isEqualTo(
              TransmissionFlags.HAS_FLAGS
                  | TransmissionFlags.SEND_FLUSH
                  | TransmissionFlags.SEND_FUA
                  | TransmissionFlags.SEND_TRIM
                  | TransmissionFlags.SEND_WRITE_ZEROES
                  | TransmissionFlags.SEND_CACHE
                  | TransmissionFlags.SEND_FAST_ZERO);
    }
  }

  @Test
  void aReadExportIsReadOnly() throws IOException {
    server.export("read", Direction.READ, 513);
    try (RawNbdClient client = server.connect()) {
      RawNbdClient.Export export = client.go("read");

      assertThat(export.size()).isEqualTo(1024);
      assertThat(export.flags())
          .isEqualTo(
              TransmissionFlags.HAS_FLAGS
                  | TransmissionFlags.READ_ONLY
                  | TransmissionFlags.SEND_CACHE);
    }
  }

  @Test
  void infoAttachesNobodyAndGoDoesUntilTheClientLeaves() throws IOException {
    Export export = write("counted", 4096);
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, INFO, RawNbdClient.infoData("counted"))).isEqualTo(ReplyType.ACK);
      assertThat(export.stream().status().clients()).isZero();
      client.go("counted");
      assertThat(export.stream().status().clients()).isEqualTo(1);
    }
    await().until(() -> export.stream().status().clients() == 0);
    assertThat(export.stream().status().state()).isEqualTo(StreamState.WAITING);
  }

  @Test
  void goTellsTheSameAsInfoDidRightBefore() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(EXTENDED_HEADERS);
      client.setContexts("here", "base:allocation");

      assertThat(information(client, INFO, "here", 1, 2, 3))
          .isEqualTo(information(client, GO, "here", 1, 2, 3));
    }
  }

  @Test
  void afterAFailedGoAnotherOptionIsServed() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, GO, RawNbdClient.infoData("there")))
          .isEqualTo(ReplyType.ERR_UNKNOWN);
      assertThat(client.go("here").size()).isEqualTo(4096);
    }
  }

  @Test
  void aNameMayHave4096BytesAndNoMore() throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, GO, RawNbdClient.infoData("x".repeat(4096))))
          .isEqualTo(ReplyType.ERR_UNKNOWN);
      assertThat(answer(client, GO, RawNbdClient.infoData("x".repeat(4097))))
          .isEqualTo(ReplyType.ERR_INVALID);
    }
  }

  @Test
  void aNameLengthThatTheOptionHasNoRoomForIsInvalidAndTheNextOptionIsServed() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      byte[] data = RawNbdClient.infoData("here", 1);
      for (int wrong : new int[] {5, 6, 7, 8, 255, -1}) {
        ByteBuffer.wrap(data).putInt(wrong);
        assertThat(answer(client, GO, data)).isEqualTo(ReplyType.ERR_INVALID);
      }
      assertThat(answer(client, GO)).isEqualTo(ReplyType.ERR_INVALID);
      assertThat(answer(client, GO, new byte[] {-1, -1, -1, -1, 0, 0}))
          .isEqualTo(ReplyType.ERR_INVALID);
      assertThat(answer(client, GO, new byte[70_000])).isEqualTo(ReplyType.ERR_TOO_BIG);
      assertThat(client.go("here").size()).isEqualTo(4096);
    }
  }

  // NBD_OPT_STRUCTURED_REPLY and NBD_OPT_EXTENDED_HEADERS

  @Test
  void dontFragmentIsOfferedWithChunksOnly() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      assertThat(flags(client, "here") & 0x80).isZero();
      client.agreeOn(STRUCTURED_REPLY);
      assertThat(flags(client, "here") & 0x80).isNotZero();
    }
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(EXTENDED_HEADERS);
      assertThat(flags(client, "here") & 0x80).isNotZero();
    }
  }

  @Test
  void structuredRepliesMayBeAgreedOnTwice() throws IOException {
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(STRUCTURED_REPLY);
      client.agreeOn(STRUCTURED_REPLY);
    }
  }

  @Test
  void structuredRepliesAfterExtendedHeadersAreRefusedAsAStepBack() throws IOException {
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(STRUCTURED_REPLY);
      client.agreeOn(EXTENDED_HEADERS);
      assertThat(answer(client, STRUCTURED_REPLY)).isEqualTo(ReplyType.ERR_EXT_HEADER_REQD);
    }
  }

  @Test
  void aBlockStatusPayloadIsOfferedWithExtendedHeadersAndContextsOnly() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(STRUCTURED_REPLY);
      client.setContexts("here", "base:allocation");
      assertThat(flags(client, "here") & 0x1000).isZero();
      client.agreeOn(EXTENDED_HEADERS);
      assertThat(flags(client, "here") & 0x1000).isNotZero();
      client.setContexts("here");
      assertThat(flags(client, "here") & 0x1000).isZero();
    }
  }

  private static int flags(RawNbdClient client, String export) throws IOException {
    return Objects.requireNonNull(information(client, INFO, export).get(0)).getShort(8);
  }

  /** What was told, by type, behind the type. */
  private static Map<Integer, ByteBuffer> information(
      RawNbdClient client, int option, String export, int... requests) throws IOException {
    Map<Integer, ByteBuffer> told = new TreeMap<>();
    for (OptionAnswer answer : client.option(option, RawNbdClient.infoData(export, requests))) {
      if (answer.replyType() == ReplyType.INFO) {
        ByteBuffer data = ByteBuffer.wrap(answer.data());
        assertThat(told.put((int) data.getShort(), data.slice())).isNull();
      } else {
        assertThat(answer.replyType()).isEqualTo(ReplyType.ACK);
      }
    }
    return told;
  }
}
