package dev.sluice.server.handshake;

import dev.sluice.export.Export;
import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.handshake.InfoType;
import dev.sluice.nbd.handshake.OptionReply;
import dev.sluice.server.session.NegotiatedExport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Encodes the replies that tell a client about exports that it may use (specification: "Option
 * reply types").
 */
final class Information {

  private Information() {}

  /**
   * Returns the replies to INFO or GO.
   *
   * @param requests the information that the client has asked for, besides what it must be told
   */
  static List<ByteBuffer> of(int code, NegotiatedExport found, Set<InfoType> requests) {
    List<ByteBuffer> replies = new ArrayList<>();
    replies.add(
        OptionReply.infoExport(code, found.rules().size(), found.rules().transmissionFlags()));
    if (requests.contains(InfoType.NAME)) {
      replies.add(OptionReply.infoName(code, found.export().name()));
    }
    if (requests.contains(InfoType.DESCRIPTION)) {
      replies.add(OptionReply.infoDescription(code, found.description()));
    }
    if (requests.contains(InfoType.BLOCK_SIZE)) {
      replies.add(
          OptionReply.infoBlockSize(
              code, Protocol.MIN_BLOCK, Protocol.PREFERRED_BLOCK, Protocol.MAX_BLOCK));
    }
    replies.add(OptionReply.ack(code));
    return replies;
  }

  /** Returns the replies to LIST. */
  static List<ByteBuffer> listed(int code, List<Export> exports) {
    return acknowledged(
        code, exports.stream().map(export -> OptionReply.server(code, export.name())));
  }

  /** Returns the replies to LIST_META_CONTEXT. */
  static List<ByteBuffer> listedContexts(int code, Set<MetaContext> contexts) {
    return acknowledged(
        code, contexts.stream().map(context -> OptionReply.listedContext(code, context)));
  }

  /** Returns the replies to SET_META_CONTEXT. */
  static List<ByteBuffer> selectedContexts(int code, Set<MetaContext> contexts) {
    return acknowledged(
        code, contexts.stream().map(context -> OptionReply.selectedContext(code, context)));
  }

  private static List<ByteBuffer> acknowledged(int code, Stream<ByteBuffer> replies) {
    return Stream.concat(replies, Stream.of(OptionReply.ack(code))).toList();
  }
}
