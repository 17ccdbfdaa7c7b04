package dev.sluice.nbd.transmission;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.TransmissionFlags;
import java.util.Optional;

/**
 * What a request must obey on one negotiated export. The first rule broken gives the error.
 *
 * <p>A length of zero is not refused where its offset is within the export: the specification
 * leaves it open, and it moves nothing; only block status has no answer to it. A disconnect is
 * never refused, for it has no reply.
 *
 * <p>Sections "Size constraints", "Command flags", "Request types" and "Error values".
 *
 * @param size bytes the client may address, 0 to 2^63 - 1
 * @param transmissionFlags what was told to this client; see {@link TransmissionFlags}
 * @param metaContexts whether the client selected any, so that it may ask for block status
 */
public record RequestRules(long size, int transmissionFlags, boolean metaContexts) {

  /** Checks the size. */
  public RequestRules {
    if (size < 0) {
      throw new IllegalArgumentException("size: %d (expected: >= 0)".formatted(size));
    }
  }

  /**
   * Gives the reason not to serve a request, if there is one. A refused request's payload is still
   * to come.
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

  /** Comes before {@link #checkServed}: a read-only export seldom advertises what writes. */
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

  /** {@code EOVERFLOW} would tell a reader to ask for less, but only some readers know it. */
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
   * Zeroes take their place in a stream as data does, so they are never as good as free; and who
   * asks for fast ones means to write over them, which a stream cannot have.
   */
  private static Optional<Refusal> checkSpeed(Command command, Request request) {
    return command == Command.WRITE_ZEROES && request.has(CommandFlags.FAST_ZERO)
        ? refuse(NbdError.ENOTSUP, "WRITE_ZEROES is not faster than WRITE on a stream")
        : Optional.empty();
  }

  /** Never adds offset to length: as 64 bits, the sum can wrap round. */
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
