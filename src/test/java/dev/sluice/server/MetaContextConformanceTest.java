package dev.sluice.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.RawChunk.Stretch;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawNbdClient.OptionAnswer;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.NbdError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections "Metadata querying" and "Option types", as far as metadata contexts go. */
class MetaContextConformanceTest extends Conformance {

  private static final long WITHOUT_A_SIZE = 0;
  private static final long PETABYTE = 1L << 50;

  @BeforeEach
  void makeExports() {
    write("here", 4096);
    write("there", 4096);
  }

  @ParameterizedTest
  @ValueSource(ints = {LIST_META_CONTEXT, SET_META_CONTEXT})
  void contextsNeedStructuredRepliesOrExtendedHeaders(int option) throws IOException {
    try (RawNbdClient client = server.connect()) {
      byte[] data = RawNbdClient.contextData("here", "base:allocation");
      assertThat(answer(client, option, data)).isEqualTo(ReplyType.ERR_INVALID);
      client.agreeOn(STRUCTURED_REPLY);
      assertThat(answer(client, option, data)).isEqualTo(ReplyType.ACK);
    }
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(EXTENDED_HEADERS);
      assertThat(client.setContexts("here", "base:allocation")).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {LIST_META_CONTEXT, SET_META_CONTEXT})
  void contextsOfNoExportAreUnknown(int option) throws IOException {
    try (RawNbdClient client = structuredClient()) {
      assertThat(answer(client, option, RawNbdClient.contextData("nobody", "base:")))
          .isEqualTo(ReplyType.ERR_UNKNOWN);
    }
  }

  @Test
  void withoutAQueryAllContextsAreListedUnderTheIdZero() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      assertThat(listed(client)).containsExactly("0 base:allocation", "0 sluice:stream");
    }
  }

  @Test
  void aNamespaceIsAWildcardForAList() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      assertThat(listed(client, "base:")).containsExactly("0 base:allocation");
      assertThat(listed(client, "sluice:")).containsExactly("0 sluice:stream");
      assertThat(listed(client, "sluice:stream", "base:allocation")).hasSize(2);
      assertThat(listed(client, "qemu:", "base:nothing", "x-a:b")).isEmpty();
    }
  }

  /** Such a client is told of 4 GiB in a reply, so it would ask for ever. */
  @ParameterizedTest
  @ValueSource(longs = {WITHOUT_A_SIZE, PETABYTE + 512, 1L << 62})
  void aDiskWithoutEndHasNoContextsForClientsWithoutExtendedHeaders(long size) throws IOException {
    write("huge", size);
    try (RawNbdClient client = structuredClient()) {
      assertThat(contexts(client, LIST_META_CONTEXT, "huge")).isEmpty();
      assertThat(contexts(client, LIST_META_CONTEXT, "huge", "base:", "sluice:stream")).isEmpty();
      assertThat(client.setContexts("huge", "base:allocation", "sluice:stream")).isEmpty();
      client.go("huge");
      assertError(client.request(compact(0, BLOCK_STATUS, 0, 512)), NbdError.EINVAL);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {WITHOUT_A_SIZE, PETABYTE + 512, 1L << 62})
  void aDiskWithoutEndIsDescribedAtOnceWithExtendedHeaders(long size) throws IOException {
    long length = write("huge", size).stream().advertisedSize();
    try (RawNbdClient client = server.connect()) {
      client.agreeOn(STRUCTURED_REPLY);
      client.agreeOn(EXTENDED_HEADERS);
      assertThat(contexts(client, LIST_META_CONTEXT, "huge")).hasSize(2);
      assertThat(client.setContexts("huge", "base:allocation")).hasSize(1);
      client.go("huge");
      assertThat(client.request(wide(0, BLOCK_STATUS, 0, length)).status(BASE))
          .containsExactly(new Stretch(length, 1));
    }
  }

  @Test
  void aDiskOfAPetabyteHasContextsForAllClients() throws IOException {
    write("large", PETABYTE);
    try (RawNbdClient client = structuredClient()) {
      assertThat(contexts(client, LIST_META_CONTEXT, "large")).hasSize(2);
      assertThat(client.setContexts("large", "base:allocation")).hasSize(1);
    }
  }

  @Test
  void aListSelectsNothing() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      listed(client);
      client.go("here");
      assertError(client.request(compact(0, BLOCK_STATUS, 0, 512)), NbdError.EINVAL);
    }
  }

  @Test
  void everySelectedContextHasAnIdOfItsOwn() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      assertThat(contexts(client, SET_META_CONTEXT, "here", "sluice:stream", "base:allocation"))
          .containsExactly("1 base:allocation", "2 sluice:stream");
    }
  }

  @Test
  void aWildcardAndWhatIsUnknownSelectNothingAndAreNoError() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      assertThat(client.setContexts("here", "base:", "sluice:", "base:dirty", "qemu:x")).isEmpty();
      assertThat(client.setContexts("here")).isEmpty();
    }
  }

  @Test
  void aQueryWithoutANamespaceIsInvalid() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      for (String query : List.of("", "allocation", ":allocation")) {
        assertThat(answer(client, SET_META_CONTEXT, RawNbdClient.contextData("here", query)))
            .isEqualTo(ReplyType.ERR_INVALID);
      }
    }
  }

  @Test
  void aQueryThatTheOptionHasNoRoomForIsInvalid() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      byte[] data = RawNbdClient.contextData("here", "base:allocation");
      for (int length = 0; length < data.length; length++) {
        assertThat(answer(client, SET_META_CONTEXT, Arrays.copyOf(data, length)))
            .isEqualTo(ReplyType.ERR_INVALID);
      }
      assertThat(answer(client, SET_META_CONTEXT, Arrays.copyOf(data, data.length + 1)))
          .isEqualTo(ReplyType.ERR_INVALID);
    }
  }

  @Test
  void moreThan64QueriesAreTooBig() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      String[] queries = new String[65];
      Arrays.fill(queries, "base:allocation");
      assertThat(client.setContexts("here", Arrays.copyOf(queries, 64))).hasSize(1);
      assertThat(answer(client, SET_META_CONTEXT, RawNbdClient.contextData("here", queries)))
          .isEqualTo(ReplyType.ERR_TOO_BIG);
    }
  }

  @Test
  void blockStatusIsForTheExportThatTheContextsWereSelectedOf() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      client.setContexts("there", "base:allocation");
      client.go("here");
      assertError(client.request(compact(0, BLOCK_STATUS, 0, 512)), NbdError.EINVAL);
    }
  }

  @Test
  void aLaterSelectionReplacesAnEarlierOne() throws IOException {
    try (RawNbdClient client = structuredClient()) {
      client.setContexts("here", "base:allocation", "sluice:stream");
      client.setContexts("here", "sluice:stream");
      client.go("here");
      assertThat(client.request(compact(0, BLOCK_STATUS, 0, 512)).chunks())
          .singleElement()
          .satisfies(chunk -> assertThat(chunk.context()).isEqualTo(STREAM));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 70_000, -1})
  void aSelectionThatFailsReplacesAnEarlierOneToo(int length) throws IOException {
    try (RawNbdClient client = structuredClient()) {
      client.setContexts("here", "base:allocation");
      byte[] wrong =
          length < 0 ? RawNbdClient.contextData("nobody", "base:allocation") : new byte[length];
      assertThat(client.option(SET_META_CONTEXT, wrong).getLast().isError()).isTrue();
      client.go("here");
      assertError(client.request(compact(0, BLOCK_STATUS, 0, 512)), NbdError.EINVAL);
    }
  }

  private static RawNbdClient structuredClient() throws IOException {
    RawNbdClient client = server.connect();
    client.agreeOn(STRUCTURED_REPLY);
    return client;
  }

  private static List<String> listed(RawNbdClient client, String... queries) throws IOException {
    return contexts(client, LIST_META_CONTEXT, "here", queries);
  }

  /** Ids and names. */
  private static List<String> contexts(
      RawNbdClient client, int option, String export, String... queries) throws IOException {
    List<String> contexts = new ArrayList<>();
    for (OptionAnswer answer : client.option(option, RawNbdClient.contextData(export, queries))) {
      if (answer.replyType() == ReplyType.META_CONTEXT) {
        ByteBuffer data = ByteBuffer.wrap(answer.data());
        contexts.add(data.getInt() + " " + UTF_8.decode(data));
      } else {
        assertThat(answer.replyType()).isEqualTo(ReplyType.ACK);
      }
    }
    return contexts;
  }
}
