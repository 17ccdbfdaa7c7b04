/** Where the API server of Kubernetes is, and how a pod logs in there. */
@NullMarked
package dev.sluice.cluster.connection;

import org.jspecify.annotations.NullMarked;
