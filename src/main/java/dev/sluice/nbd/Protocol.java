package dev.sluice.nbd;

/**
 * Magic numbers, handshake flags, sizes of fixed messages, and the limits of Sluice. Sizes and
 * limits are in bytes.
 *
 * <p>Sections "Handshake", "Transmission" and "Size constraints".
 */
public final class Protocol {

  /** First magic of a greeting, {@code NBDMAGIC} in ASCII. */
  public static final long NBD_MAGIC = 0x4e42444d41474943L;

  /** Second magic of a greeting and the magic of every option, {@code IHAVEOPT} in ASCII. */
  public static final long IHAVEOPT = 0x49484156454f5054L;

  /** Magic of a reply to an option. */
  public static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;

  /** Magic of a request in the transmission phase. */
  public static final int REQUEST_MAGIC = 0x25609513;

  /** Magic of a simple reply. */
  public static final int SIMPLE_REPLY_MAGIC = 0x67446698;

  /** Magic of a chunk of a structured reply. */
  public static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

  /** Magic of a request with an extended header. */
  public static final int EXTENDED_REQUEST_MAGIC = 0x21e41c71;

  /** Magic of a chunk of a reply with extended headers. */
  public static final int EXTENDED_REPLY_MAGIC = 0x6e8a278c;

  /** Reply flag: the chunk is the last of its reply. */
  public static final int REPLY_FLAG_DONE = 1;

  /**
   * Handshake flag: the server answers options it does not know instead of closing the connection.
   */
  public static final int FLAG_FIXED_NEWSTYLE = 1;

  /** Handshake flag: the server can leave out the padding of an export name reply. */
  public static final int FLAG_NO_ZEROES = 1 << 1;

  /** Client flag: the client speaks fixed newstyle. */
  public static final int FLAG_C_FIXED_NEWSTYLE = 1;

  /** Client flag: the client wants no padding after an export name reply. */
  public static final int FLAG_C_NO_ZEROES = 1 << 1;

  /** Length of a greeting: two magics and the handshake flags. */
  public static final int GREETING_LENGTH = 18;

  /** Length of the client flags. */
  public static final int CLIENT_FLAGS_LENGTH = 4;

  /** Length of an option before its data. */
  public static final int OPTION_HEADER_LENGTH = 16;

  /** Length of an option reply before its data. */
  public static final int OPTION_REPLY_HEADER_LENGTH = 20;

  /** Length of the zeroes after an export name reply, unless the client declined them. */
  public static final int EXPORT_NAME_PADDING = 124;

  /** Length of a request before its payload. */
  public static final int REQUEST_LENGTH = 28;

  /** Length of a simple reply before its payload. */
  public static final int SIMPLE_REPLY_LENGTH = 16;

  /** Length of a request with an extended header before its payload. */
  public static final int EXTENDED_REQUEST_LENGTH = 32;

  /** Length of a structured reply's chunk before its payload. */
  public static final int STRUCTURED_CHUNK_LENGTH = 20;

  /** Length of an extended reply's chunk before its payload. */
  public static final int EXTENDED_CHUNK_LENGTH = 32;

  /** The largest unsigned number of 32 bits. */
  public static final long MAX_UNSIGNED_INT = 0xffff_ffffL;

  /** Longest export name accepted from a client, in bytes of UTF-8. */
  public static final int MAX_NAME_LENGTH = 4096;

  /** Longest query for metadata contexts accepted from a client, in bytes of UTF-8. */
  public static final int MAX_QUERY_LENGTH = 4096;

  /** The most queries for metadata contexts in one option of a client. */
  public static final int MAX_QUERIES = 64;

  /**
   * The most extents in one chunk of block status. A client asks for the rest with its next
   * request.
   */
  public static final int MAX_EXTENTS = 1024;

  /** The length of the longest chunk, without the data of a read. */
  public static final int MAX_CHUNK_LENGTH =
      EXTENDED_CHUNK_LENGTH + 2 * Integer.BYTES + 2 * Long.BYTES * MAX_EXTENTS;

  /** Longest string sent to a client, in bytes of UTF-8. */
  public static final int MAX_STRING_LENGTH = 4096;

  /** Largest payload of one read or write: as much as every client may rely on. */
  public static final int MAX_PAYLOAD = 32 << 20;

  /** Smallest block: a stream has no sectors. */
  public static final int MIN_BLOCK = 1;

  /** Preferred block: nbdcopy's default request size, and no more than qemu-img's buffer. */
  public static final int PREFERRED_BLOCK = 256 << 10;

  /** Largest payload as told to clients. */
  public static final int MAX_BLOCK = MAX_PAYLOAD;

  private Protocol() {}
}
