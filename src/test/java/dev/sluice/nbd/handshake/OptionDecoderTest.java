package dev.sluice.nbd.handshake;

import static dev.sluice.nbd.handshake.InfoType.BLOCK_SIZE;
import static dev.sluice.nbd.handshake.InfoType.EXPORT;
import static dev.sluice.nbd.handshake.InfoType.NAME;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.nbd.Wire;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionDecoderTest {

  private static final int EXPORT_NAME = 1;
  private static final int ABORT = 2;
  private static final int LIST = 3;
  private static final int STARTTLS = 5;
  private static final int INFO = 6;
  private static final int GO = 7;
  private static final int STRUCTURED_REPLY = 8;
  private static final int LIST_META_CONTEXT = 9;
  private static final int SET_META_CONTEXT = 10;
  private static final int EXTENDED_HEADERS = 11;

  /** The name "vm1", asking for EXPORT and BLOCK_SIZE. */
  private static final String VM1 = "00000003 766d31 0002 0000 0003";

  /** The name "vm1" and the queries "base:" and "x-a:b". */
  private static final String CONTEXTS =
      "00000003 766d31 00000002 00000005 626173653a 00000005 782d613a62";

  @Test
  void anExportNameIsTheWholeData() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(EXPORT_NAME, Wire.bytes("766d31")))
        .isEqualTo(new Option.ExportName("vm1"));
    assertThat(OptionDecoder.decode(EXPORT_NAME, Wire.bytes("")))
        .isEqualTo(new Option.ExportName(""));
  }

  @Test
  void infoAndGoAreANameAndRequests() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(INFO, Wire.bytes(VM1)))
        .isEqualTo(new Option.Info("vm1", Set.of(EXPORT, BLOCK_SIZE)));
    assertThat(OptionDecoder.decode(GO, Wire.bytes(VM1)))
        .isEqualTo(new Option.Go("vm1", Set.of(EXPORT, BLOCK_SIZE)));
  }

  @Test
  void theDefaultExportHasNoName() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(GO, Wire.bytes("00000000 0000")))
        .isEqualTo(new Option.Go("", Set.of()));
  }

  @Test
  void unknownAndRepeatedInformationRequestsAreIgnored() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(GO, Wire.bytes("00000001 61 0004 0001 0004 ffff 0001")))
        .isEqualTo(new Option.Go("a", Set.of(NAME)));
  }

  @Test
  void onlyTheDataBetweenPositionAndLimitIsRead() throws InvalidOptionException {
    ByteBuffer data = Wire.bytes("ffff" + VM1 + "ffff");
    data.position(2).limit(data.capacity() - 2);

    assertThat(OptionDecoder.decode(GO, data.slice()))
        .isEqualTo(new Option.Go("vm1", Set.of(EXPORT, BLOCK_SIZE)));
    assertThat(OptionDecoder.decode(GO, data))
        .isEqualTo(new Option.Go("vm1", Set.of(EXPORT, BLOCK_SIZE)));
  }

  @Test
  void anAbortIsHonouredWhateverComesWithIt() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(ABORT, Wire.bytes(""))).isEqualTo(new Option.Abort());
    assertThat(OptionDecoder.decode(ABORT, Wire.bytes("00"))).isEqualTo(new Option.Abort());
  }

  @Test
  void aListBearsNoData() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(LIST, Wire.bytes(""))).isEqualTo(new Option.ListExports());
    assertInvalid(LIST, Wire.bytes("00"), "option length: 1 (expected: 0)");
  }

  @Test
  void anOptionThatWasWithdrawnIsUnsupported() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(4, Wire.bytes("00"))).isEqualTo(new Option.Unsupported(4));
  }

  @Test
  void theseOptionsBearNoData() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(STARTTLS, Wire.bytes(""))).isEqualTo(new Option.StartTls());
    assertThat(OptionDecoder.decode(STRUCTURED_REPLY, Wire.bytes("")))
        .isEqualTo(new Option.StructuredReply());
    assertThat(OptionDecoder.decode(EXTENDED_HEADERS, Wire.bytes("")))
        .isEqualTo(new Option.ExtendedHeaders());
    for (int code : new int[] {STARTTLS, STRUCTURED_REPLY, EXTENDED_HEADERS}) {
      assertInvalid(code, Wire.bytes("0000"), "option length: 2 (expected: 0)");
    }
  }

  @Test
  void metadataContextsAreANameAndQueries() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(LIST_META_CONTEXT, Wire.bytes(CONTEXTS)))
        .isEqualTo(new Option.ListMetaContext("vm1", List.of("base:", "x-a:b")));
    assertThat(OptionDecoder.decode(SET_META_CONTEXT, Wire.bytes(CONTEXTS)))
        .isEqualTo(new Option.SetMetaContext("vm1", List.of("base:", "x-a:b")));
    assertThat(OptionDecoder.decode(SET_META_CONTEXT, Wire.bytes("00000000 00000000")))
        .isEqualTo(new Option.SetMetaContext("", List.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "00000000 000000, option length: 7 (expected: >= 8)",
    "00000001 00000000, 'name length: 1 (expected: <= 0, as the option is no longer)'",
    "ffffffff 00000000, 'name length: 4294967295 (expected: <= 0, as the option is no longer)'",
    "00000000 00000001, the option ends before its last query",
    "00000000 00000001 000000, the option ends before its last query",
    "00000000 00000001 00000001, 'query length: 1 (expected: <= 0, as the option is no longer)'",
    "00000000 00000001 80000000, "
        + "'query length: 2147483648 (expected: <= 0, as the option is no longer)'",
    "00000000 00000000 00, 1 bytes after 0 queries (expected: 0)",
    "00000000 00000001 00000003 616263, query: 'abc' (expected: a namespace and a colon)",
    "00000000 00000001 00000002 3a62, query: ':b' (expected: a namespace and a colon)",
    "00000000 00000001 00000000, query: '' (expected: a namespace and a colon)",
    "00000000 00000001 00000003 613a00, query: NUL at character 2 (expected: no NUL)",
    "00000000 00000001 00000003 613aff, query: not UTF-8 (expected: UTF-8)",
  })
  void malformedQueriesAreRefused(String hex, String message) {
    assertInvalid(SET_META_CONTEXT, Wire.bytes(hex), message);
    assertInvalid(LIST_META_CONTEXT, Wire.bytes(hex), message);
  }

  @Test
  void aQueryMayBeAsLongAsTheLimitAndNoLonger() throws InvalidOptionException {
    String longest = "x:".repeat(2048);

    assertThat(OptionDecoder.decode(SET_META_CONTEXT, queries(longest)))
        .isEqualTo(new Option.SetMetaContext("", List.of(longest)));
    assertInvalid(
        SET_META_CONTEXT, queries(longest + "x"), "query length: 4097 (expected: <= 4096)");
  }

  @Test
  void moreQueriesThanTheLimitAreTooBig() throws InvalidOptionException {
    String[] most = Collections.nCopies(64, "a:b").toArray(String[]::new);
    String[] tooMany = Collections.nCopies(65, "a:b").toArray(String[]::new);

    assertThat(OptionDecoder.decode(SET_META_CONTEXT, queries(most)))
        .isEqualTo(new Option.SetMetaContext("", List.of(most)));
    assertThat(refusal(SET_META_CONTEXT, queries(tooMany)).errorReply())
        .isEqualTo(ReplyType.ERR_TOO_BIG);
    assertThat(refusal(SET_META_CONTEXT, Wire.bytes("00000000 ffffffff")).errorReply())
        .isEqualTo(ReplyType.ERR_TOO_BIG);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 12, 0xffff, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
  void anOptionWithoutANameIsUnsupported(int code) throws InvalidOptionException {
    assertThat(OptionDecoder.decode(code, Wire.bytes("00")))
        .isEqualTo(new Option.Unsupported(code));
  }

  @ParameterizedTest
  @ValueSource(ints = {INFO, GO, LIST_META_CONTEXT, SET_META_CONTEXT})
  void everyTruncationIsRefusedWithoutReadingPastTheEnd(int code) {
    ByteBuffer whole = Wire.bytes(code <= GO ? VM1 : CONTEXTS);
    for (int length = 0; length < whole.limit(); length++) {
      ByteBuffer cut = whole.duplicate().limit(length); // the rest is there to be misread
      assertThat(refusal(code, cut)).as("%d bytes", length).isNotNull();
      assertThat(cut.position()).isLessThanOrEqualTo(length);
    }
  }

  @Test
  void dataBehindTheInformationRequestsIsRefused() {
    assertInvalid(
        GO, Wire.bytes(VM1 + "00"), "2 information requests in 5 bytes (expected: 4 bytes)");
  }

  @ParameterizedTest
  @CsvSource({
    "00000000 00, option length: 5 (expected: >= 6)",
    "00000001 0000, 'name length: 1 (expected: <= 0, as the option is no longer)'",
    "00000004 616263 0000, 'name length: 4 (expected: <= 3, as the option is no longer)'",
    "80000000 0000, 'name length: 2147483648 (expected: <= 0, as the option is no longer)'",
    "ffffffff 0000, 'name length: 4294967295 (expected: <= 0, as the option is no longer)'",
    "00000000 0001, 1 information requests in 0 bytes (expected: 2 bytes)",
    "00000000 ffff 0000, 65535 information requests in 2 bytes (expected: 131070 bytes)",
  })
  void aLengthThatDoesNotFitIsRefused(String hex, String message) {
    assertInvalid(GO, Wire.bytes(hex), message);
  }

  @Test
  void aNameMayBeAsLongAsTheLimitAndNoLonger() throws InvalidOptionException {
    String longest = "x".repeat(4096);

    assertThat(OptionDecoder.decode(EXPORT_NAME, utf8(longest)))
        .isEqualTo(new Option.ExportName(longest));
    assertThat(OptionDecoder.decode(GO, goFor(longest)))
        .isEqualTo(new Option.Go(longest, Set.of()));
    assertInvalid(EXPORT_NAME, utf8(longest + "x"), "name length: 4097 (expected: <= 4096)");
    assertInvalid(GO, goFor(longest + "x"), "name length: 4097 (expected: <= 4096)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "c3", "61c328", "c0af", "eda080", "f8888080"})
  void aNameThatIsNotUtf8IsRefused(String hex) {
    assertInvalid(EXPORT_NAME, Wire.bytes(hex), "name: not UTF-8 (expected: UTF-8)");
  }

  @Test
  void aNameWithNulIsRefused() {
    assertInvalid(EXPORT_NAME, Wire.bytes("610062"), "name: NUL at character 1 (expected: no NUL)");
  }

  @Test
  void aNameMayBeAnyOtherText() throws InvalidOptionException {
    assertThat(OptionDecoder.decode(EXPORT_NAME, utf8("диск/δ 💾")))
        .isEqualTo(new Option.ExportName("диск/δ 💾"));
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static ByteBuffer goFor(String name) {
    byte[] bytes = name.getBytes(UTF_8);
    return ByteBuffer.allocate(6 + bytes.length).putInt(bytes.length).put(bytes).rewind();
  }

  /** Queries for the default export. */
  private static ByteBuffer queries(String... queries) {
    ByteBuffer data =
        ByteBuffer.allocate(8 + Stream.of(queries).mapToInt(q -> q.length() + 4).sum());
    data.putInt(0).putInt(queries.length);
    for (String query : queries) {
      data.putInt(query.length()).put(query.getBytes(UTF_8));
    }
    return data.flip();
  }

  private static InvalidOptionException refusal(int code, ByteBuffer data) {
    return catchThrowableOfType(
        InvalidOptionException.class, () -> OptionDecoder.decode(code, data));
  }

  private static void assertInvalid(int code, ByteBuffer data, String message) {
    assertThatExceptionOfType(InvalidOptionException.class)
        .isThrownBy(() -> OptionDecoder.decode(code, data))
        .withMessage(message)
        .satisfies(e -> assertThat(e.errorReply()).isEqualTo(ReplyType.ERR_INVALID));
  }
}
