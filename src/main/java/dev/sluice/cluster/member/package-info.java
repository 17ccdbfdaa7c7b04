/** The pods that share the exports of a namespace, by their Leases. */
@NullMarked
package dev.sluice.cluster.member;

import org.jspecify.annotations.NullMarked;
