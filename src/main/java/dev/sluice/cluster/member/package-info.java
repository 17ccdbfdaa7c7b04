/** The pods that share the exports of a namespace, as their Leases show them. */
@NullMarked
package dev.sluice.cluster.member;

import org.jspecify.annotations.NullMarked;
