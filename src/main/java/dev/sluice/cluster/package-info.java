/**
 * Many pods as one service: StreamExport resources of a Kubernetes API server are the registry, and
 * each pod runs the exports that it owns. Loaded only with {@code sluice.kubernetes.enabled}. It
 * must not know the wire protocol, or who calls the REST API: {@code cluster.api} does.
 */
@NullMarked
package dev.sluice.cluster;

import org.jspecify.annotations.NullMarked;
