package dev.sluice.nbd;

import dev.sluice.nbd.handshake.ReplyType;
import java.io.IOException;

/** The server refused an option of {@link RawNbdClient}; the connection is still good. */
public final class OptionRefusedException extends IOException {

  private final RawNbdClient.OptionAnswer answer;

  public OptionRefusedException(RawNbdClient.OptionAnswer answer) {
    super("%s: %s".formatted(answer.replyType(), answer.text()));
    this.answer = answer;
  }

  public ReplyType type() {
    return answer.replyType();
  }

  /** The message the server gave. */
  public String text() {
    return answer.text();
  }
}
