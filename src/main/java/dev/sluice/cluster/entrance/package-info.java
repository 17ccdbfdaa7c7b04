/**
 * What pods tell each other so that a client may come to any of them: where an export is, and that
 * one of them speaks for the client. It must not know Kubernetes, nor the wire.
 */
@NullMarked
package dev.sluice.cluster.entrance;

import org.jspecify.annotations.NullMarked;
