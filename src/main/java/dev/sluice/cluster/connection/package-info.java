/** The connection to the API server of Kubernetes: its address, credentials and timeouts. */
@NullMarked
package dev.sluice.cluster.connection;

import org.jspecify.annotations.NullMarked;
