package dev.sluice.nbd.transmission;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.TransmissionFlags;
import java.util.Optional;

/**
 * The rules for requests on one negotiated export. The first violation determines the error.
 *
 * <p>A length of zero is permitted if the offset is within the export: the specification leaves it
 * open, and it moves nothing. Only block status has no answer to it. A disconnect is never refused,
 * because it has no reply.
 *
 * <p>Sections "Size constraints", "Command flags", "Request types" and "Error values".
 *
 * @param size bytes that the client may address, 0 to 2^63 - 1
 * @param transmissionFlags the flags that this client was told; see {@link TransmissionFlags}
 * @param metaContexts whether the client has selected any, so that it may ask for block status
 */
public record RequestRules(long size, int transmissionFlags, boolean metaContexts) {

  /** Checks the size. */
  public RequestRules {
    if (size < 0) {
      throw new IllegalArgumentException("size: %d (expected: >= 0)".formatted(size));
    }
  }

  /**
   * Returns the reason to refuse a request; empty if it obeys the rules. The payload of a refused
   * request still has to be consumed.
   */
  public Optional<Refusal> check(Request request) {
    Optional<Command> known = request.command();
    if (known.isEmpty()) {
      return refuse(NbdError.EINVAL, "command %d is unknown".formatted(request.type()));
    }
    Command command = known.get();
    if (command == Command.DISC) {
      return Optional.empty();
    }
    return checkFlags(command, request)
        .or(() -> checkWritable(command))
        .or(() -> checkServed(command))
        .or(() -> checkPayload(command, request))
        .or(() -> checkRange(command, request))
        .or(() -> checkSpeed(command, request));
  }

  private Optional<Refusal> checkFlags(Command command, Request request) {
    int allowed = allowedFlags(command) | allowedPayload(command, request);
    if ((request.flags() & ~allowed) == 0) {
      return Optional.empty();
    }
    return refuse(
        NbdError.EINVAL,
        "%s flags: 0x%04x (expected: none but 0x%04x)"
            .formatted(command, request.flags(), allowed));
  }

  private int allowedFlags(Command command) {
    int own =
        switch (command) {
          case READ -> advertises(TransmissionFlags.SEND_DF) ? CommandFlags.DF : 0;
          case WRITE_ZEROES ->
              advertises(TransmissionFlags.SEND_FAST_ZERO)
                  ? CommandFlags.NO_HOLE | CommandFlags.FAST_ZERO
                  : CommandFlags.NO_HOLE;
          case BLOCK_STATUS -> CommandFlags.REQ_ONE;
          case WRITE, DISC, FLUSH, TRIM, CACHE, RESIZE -> 0;
        };
    return advertises(TransmissionFlags.SEND_FUA) ? own | CommandFlags.FUA : own;
  }

  private int allowedPayload(Command command, Request request) {
    boolean allowed =
        request.extended()
            && switch (command) {
              case WRITE -> true;
              case BLOCK_STATUS -> advertises(TransmissionFlags.BLOCK_STATUS_PAYLOAD);
              default -> false;
            };
    return allowed ? CommandFlags.PAYLOAD_LEN : 0;
  }

  /**
   * Precedes {@link #checkServed}, because a read-only export does not offer most commands that
   * write.
   */
  private Optional<Refusal> checkWritable(Command command) {
    return advertises(TransmissionFlags.READ_ONLY) && command.writes()
        ? refuse(NbdError.EPERM, "%s on a read-only export".formatted(command))
        : Optional.empty();
  }

  private Optional<Refusal> checkServed(Command command) {
    boolean served =
        switch (command) {
          case READ, WRITE, DISC -> true;
          case FLUSH -> advertises(TransmissionFlags.SEND_FLUSH);
          case TRIM -> advertises(TransmissionFlags.SEND_TRIM);
          case CACHE -> advertises(TransmissionFlags.SEND_CACHE);
          case WRITE_ZEROES -> advertises(TransmissionFlags.SEND_WRITE_ZEROES);
          case BLOCK_STATUS -> metaContexts;
          case RESIZE -> false;
        };
    return served
        ? Optional.empty()
        : refuse(NbdError.EINVAL, "%s was not offered on this export".formatted(command));
  }

  /**
   * Limits the payload. {@code EOVERFLOW} tells a reader to ask for less, but only readers with
   * structured replies know it.
   */
  private Optional<Refusal> checkPayload(Command command, Request request) {
    if (command == Command.BLOCK_STATUS && request.has(CommandFlags.PAYLOAD_LEN)) {
      return StatusQuery.canBe(request.length())
          ? Optional.empty()
          : refuse(
              NbdError.EINVAL,
              "BLOCK_STATUS payload: %s (expected: 8 + 4n for 1 to %d contexts)"
                  .formatted(Long.toUnsignedString(request.length()), MetaContext.values().length));
    }
    boolean moves = command == Command.READ || command == Command.WRITE;
    if (!moves || Long.compareUnsigned(request.length(), Protocol.MAX_PAYLOAD) <= 0) {
      return Optional.empty();
    }
    boolean mayOverflow = command == Command.READ && advertises(TransmissionFlags.SEND_DF);
    return refuse(
        mayOverflow ? NbdError.EOVERFLOW : NbdError.EINVAL,
        "%s length: %s (expected: <= %d)"
            .formatted(command, Long.toUnsignedString(request.length()), Protocol.MAX_PAYLOAD));
  }

  private Optional<Refusal> checkRange(Command command, Request request) {
    if (command == Command.FLUSH) {
      return request.offset() == 0 && request.length() == 0
          ? Optional.empty()
          : refuse(NbdError.EINVAL, "FLUSH with a range (expected: offset 0, length 0)");
    }
    if (command == Command.BLOCK_STATUS) {
      if (request.has(CommandFlags.PAYLOAD_LEN)) {
        return Optional.empty(); // the range is in the payload, and is checked with it
      }
      if (request.length() == 0) {
        return refuse(NbdError.EINVAL, "BLOCK_STATUS of 0 bytes (expected: at least 1)");
      }
    }
    if (isWithinExport(request.offset(), request.length())) {
      return Optional.empty();
    }
    boolean grows = command == Command.WRITE || command == Command.WRITE_ZEROES;
    return refuse(
        grows ? NbdError.ENOSPC : NbdError.EINVAL,
        "%s of %s bytes at offset %s (expected: to end at or before %d)"
            .formatted(
                command,
                Long.toUnsignedString(request.length()),
                Long.toUnsignedString(request.offset()),
                size));
  }

  /**
   * Refuses fast zeroes. In a stream, zeroes are no faster than data. And a client that asks for
   * fast ones means to overwrite them, which a stream does not permit.
   */
  private static Optional<Refusal> checkSpeed(Command command, Request request) {
    return command == Command.WRITE_ZEROES && request.has(CommandFlags.FAST_ZERO)
        ? refuse(NbdError.ENOTSUP, "WRITE_ZEROES is not faster than WRITE on a stream")
        : Optional.empty();
  }

  /** Does not add offset and length, because the sum of 64 bits can overflow. */
  private boolean isWithinExport(long offset, long length) {
    return Long.compareUnsigned(offset, size) <= 0
        && Long.compareUnsigned(length, size - offset) <= 0;
  }

  private boolean advertises(int flag) {
    return (transmissionFlags & flag) != 0;
  }

  private static Optional<Refusal> refuse(NbdError error, String reason) {
    return Optional.of(new Refusal(error, reason));
  }
}
