package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.handshake.ReplyType;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections "Newstyle negotiation", "Fixed newstyle negotiation" and "Flag fields". */
class HandshakeConformanceTest extends Conformance {

  @Test
  void theServerSpeaksFirstAndOffersFixedNewstyle() throws IOException {
    for (SocketAddress address : List.of(server.tcp(), server.unix())) {
      try (RawNbdClient client = RawNbdClient.open(address, Duration.ofSeconds(20))) {
        assertThat(client.receiveBytes(18))
            .isEqualTo(
                new byte[] {
                  'N', 'B', 'D', 'M', 'A', 'G', 'I', 'C', 'I', 'H', 'A', 'V', 'E', 'O', 'P', 'T', 0,
                  3
                });
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 0x10000, 0x40000000, 0x80000000})
  void theServerDropsAClientThatSetsAFlagItDoesNotKnow(int flag) throws IOException {
    try (RawNbdClient client = greeted()) {
      client.sendClientFlags(flag | 3);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void everyCombinationOfKnownFlagsIsTaken(int flags) throws IOException {
    write("here", 4096);
    try (RawNbdClient client = greeted()) {
      client.sendClientFlags(flags);
      assertThat(client.exportName("here").size()).isEqualTo(4096);
      assertThat(client.read(0, 1)).containsExactly(0);
    }
  }

  @Test
  void exportNameIsFollowedBy124ZeroesUnlessBothAgreedToLeaveThemOut() throws IOException {
    write("here", 4096);
    for (int flags : new int[] {1, 3}) {
      try (RawNbdClient client = greeted()) {
        client.sendClientFlags(flags);
        client.sendOption(EXPORT_NAME, "here".getBytes(UTF_8));
        ByteBuffer reply = ByteBuffer.wrap(client.receiveBytes(flags == 1 ? 134 : 10));
        assertThat(reply.getLong()).isEqualTo(4096);
        assertThat(reply.getShort() & 1).isOne();
        while (reply.hasRemaining()) {
          assertThat(reply.get()).isZero();
        }
        assertThat(client.read(0, 1)).containsExactly(0); // nothing came behind
      }
    }
  }

  @Test
  void goIsNeverFollowedByZeroes() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = greeted()) {
      client.sendClientFlags(1);
      client.go("here");
      assertThat(client.read(0, 1)).containsExactly(0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 12, 0x7fffffff, 0x80000000, -1})
  void anUnknownOptionIsUnsupportedItsDataIsSkippedAndTheNextOneIsServed(int code)
      throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, code, new byte[1000])).isEqualTo(ReplyType.ERR_UNSUP);
      assertThat(answer(client, LIST)).isEqualTo(ReplyType.ACK);
    }
  }

  @Test
  void aReplyRepeatsTheOptionAndAnErrorHasAMessage() throws IOException {
    try (RawNbdClient client = server.connect()) {
      RawNbdClient.OptionAnswer refusal = client.option(999).getLast();

      assertThat(refusal.option()).isEqualTo(999);
      assertThat(refusal.text()).contains("999");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"})
  void aWrongMagicIsTheEnd(String bytes) throws IOException {
    try (RawNbdClient client = server.connect()) {
      client.sendRaw(ByteBuffer.wrap(bytes.getBytes(UTF_8)));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void anOptionMayBeAsLongAsTheLimitAndOneLongerIsTooBigAndSkipped() throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, 999, new byte[65_536])).isEqualTo(ReplyType.ERR_UNSUP);
      assertThat(answer(client, 999, new byte[65_537])).isEqualTo(ReplyType.ERR_TOO_BIG);
      assertThat(answer(client, LIST)).isEqualTo(ReplyType.ACK);
    }
  }

  // Section "Termination of the session during option haggling".

  @Test
  void anAbortIsAcknowledgedAndThenTheConnectionIsClosed() throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, ABORT)).isEqualTo(ReplyType.ACK);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClientThatDropsTheConnectionHarmsNobody() throws IOException {
    write("here", 4096);
    server.connect().abort();
    try (RawNbdClient client = server.connect()) {
      assertThat(client.go("here").size()).isEqualTo(4096);
    }
  }

  // Section "NOTLS mode".

  @Test
  void withoutTlsStarttlsIsAgainstThePolicyAndNothingEverRequiresIt() throws IOException {
    write("here", 4096);
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, STARTTLS)).isEqualTo(ReplyType.ERR_POLICY);
      assertThat(answer(client, STARTTLS, (byte) 0)).isEqualTo(ReplyType.ERR_INVALID);
      assertThat(answer(client, GO, RawNbdClient.infoData("not here")))
          .isEqualTo(ReplyType.ERR_UNKNOWN);
      assertThat(client.go("here").size()).isEqualTo(4096);
    }
  }
}
