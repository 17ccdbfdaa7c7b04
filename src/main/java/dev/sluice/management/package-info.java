/**
 * What operators see of the service: its health, its metrics and its traces. It must not change
 * anything it looks at.
 */
@NullMarked
package dev.sluice.management;

import org.jspecify.annotations.NullMarked;
