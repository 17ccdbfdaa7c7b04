/**
 * Many pods as one service: the resources StreamExport of a Kubernetes API server are the registry,
 * and each pod runs those exports that it owns. Nothing of it is loaded unless {@code
 * sluice.kubernetes.enabled} is set. It must not know the wire, nor who calls the REST API: {@code
 * cluster.api} does.
 */
@NullMarked
package dev.sluice.cluster;

import org.jspecify.annotations.NullMarked;
