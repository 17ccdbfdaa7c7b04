/**
 * Lets an NBD client connect to any pod: where the owner of an export is, and how a pod proves that
 * it relays a client. It must not know Kubernetes or the wire protocol.
 */
@NullMarked
package dev.sluice.cluster.entrance;

import org.jspecify.annotations.NullMarked;
