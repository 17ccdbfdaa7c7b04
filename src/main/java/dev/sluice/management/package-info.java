/**
 * What operators see of the service: health, metrics and traces. It must not change anything that
 * it observes.
 */
@NullMarked
package dev.sluice.management;

import org.jspecify.annotations.NullMarked;
