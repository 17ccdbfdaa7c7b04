package dev.sluice.stream;

/** Which reads of a read stream are refused, and why. Guarded by the stream's lock. */
final class ReadChecks {

  private final ByteStream stream;
  private final Kept kept;

  ReadChecks(ByteStream stream, Kept kept) {
    this.stream = stream;
    this.kept = kept;
  }

  void requireNotEnded() throws RefusedRequestException {
    if (stream.status().state().ended()) {
      throw new RefusedRequestException("every byte has been read, and none is kept any more");
    }
  }

  void requireReach(long offset) throws RefusedRequestException {
    StreamSettings settings = stream.settings;
    long reach = Math.max(settings.reorderWindow(), settings.headWindow());
    if (offset - stream.position() > reach) {
      throw new RefusedRequestException(
          "a read at %d is too far ahead of the position, %d: at most %d bytes can be kept"
              .formatted(offset, stream.position(), reach));
    }
  }

  void requireKept(Client client, long offset, long to) throws RefusedRequestException {
    if (offset < to && kept.end(offset) < to) {
      throw tooLate(client, offset, to);
    }
  }

  /** Whoever cannot have all bytes must not use up those that another client may go on with. */
  void requireInTime(Client client, long to) throws RefusedRequestException {
    if (client.isLate() && to > stream.position()) {
      throw new RefusedRequestException(
          ("this client asked for bytes that are not kept any more, so it cannot have them all;"
                  + " a new connection can go on at the position, %d")
              .formatted(stream.position()));
    }
  }

  /** What a client gets that asks for bytes below the position that are not there. */
  RefusedRequestException tooLate(Client client, long offset, long to) {
    String mistake =
        "a read at %d is below the position, %d, and those bytes are not kept any more; %s"
            .formatted(offset, stream.position(), whatIsKept());
    boolean hasIt = client.sentRanges().covers(offset, Math.min(to, stream.position()));
    if (!hasIt && !client.isLate()) {
      client.markLate();
      stream.lifecycle().noteMistake("a client was refused: " + mistake);
    }
    return new RefusedRequestException(mistake);
  }

  private String whatIsKept() {
    int headWindow = stream.settings.headWindow();
    String head = headWindow == 0 ? "" : ", except the first %d bytes".formatted(headWindow);
    return "nothing below %d is kept%s".formatted(kept.start(stream.position()), head);
  }
}
