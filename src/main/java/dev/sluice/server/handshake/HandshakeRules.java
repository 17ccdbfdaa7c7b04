package dev.sluice.server.handshake;

import dev.sluice.server.transport.TlsProperties;

/**
 * What the listener's configuration asks of every handshake.
 *
 * @param tls whether a client may, or must, start TLS
 * @param maxOptions how many options it may send; each export of a list counts as one
 * @param maxOptionsPerSecond how many of those beyond the first 64 are answered in a second
 * @param maxOptionLength how many bytes of data an option may have
 */
public record HandshakeRules(
    TlsProperties.Mode tls, int maxOptions, int maxOptionsPerSecond, int maxOptionLength) {}
