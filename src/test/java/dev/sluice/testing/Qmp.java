package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection to qemu's control socket, as its QMP specification has it: one JSON object a line.
 * Events are passed over; whoever waits for something asks for it.
 */
final class Qmp implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final SocketChannel channel;
  private final Selector readable;
  private final ByteBuffer input = ByteBuffer.allocate(64 * 1024).flip();

  private Qmp(SocketChannel channel, Selector readable) {
    this.channel = channel;
    this.readable = readable;
  }

  /** Connects to a socket and agrees on what can be done. */
  static Qmp connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    try {
      Selector readable = Selector.open();
      channel.configureBlocking(false);
      channel.register(readable, SelectionKey.OP_READ);
      Qmp qmp = new Qmp(channel, readable);
      assertThat(qmp.nextMessage().has("QMP")).as("whether it greets").isTrue();
      qmp.execute("qmp_capabilities", Map.of());
      return qmp;
    } catch (IOException | RuntimeException | AssertionError e) {
      channel.close();
      throw e;
    }
  }

  /** Has a command carried out; answers what it returned. */
  JsonNode execute(String command, Map<String, ?> arguments) {
    String request = JSON.writeValueAsString(Map.of("execute", command, "arguments", arguments));
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(request + "\n");
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      JsonNode answer = nextMessage();
      while (answer.has("event")) {
        answer = nextMessage();
      }
      assertThat(answer.has("return")).as("%s was answered by %s", request, answer).isTrue();
      return answer.get("return");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode nextMessage() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte next = nextByte(); next != '\n'; next = nextByte()) {
      line.write(next);
    }
    return JSON.readTree(line.toByteArray());
  }

  private byte nextByte() throws IOException {
    while (!input.hasRemaining()) {
      assertThat(readable.select(LIMIT.toMillis())).as("an answer within %s", LIMIT).isPositive();
      readable.selectedKeys().clear();
      assertThat(channel.read(input.clear())).as("bytes before the end").isNotNegative();
      input.flip();
    }
    return input.get();
  }

  @Override
  public void close() {
    try (channel) {
      readable.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
