package dev.sluice.server.handshake;

import dev.sluice.server.transport.TlsProperties;

/**
 * The configured rules of every handshake.
 *
 * @param tls whether a client may, or must, start TLS
 * @param maxOptions the most options of a client; each export of a list counts as one
 * @param maxOptionsPerSecond how many of those beyond the first 64 are answered in a second
 * @param maxOptionLength the most bytes of data of an option
 */
public record HandshakeRules(
    TlsProperties.Mode tls, int maxOptions, int maxOptionsPerSecond, int maxOptionLength) {}
