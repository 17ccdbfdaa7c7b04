/**
 * Checks the configuration at the start and explains what is wrong with it. Has the constraints
 * that keys need besides the standard ones. It must not know the properties records: it finds keys
 * by reflection.
 */
@NullMarked
package dev.sluice.configuration;

import org.jspecify.annotations.NullMarked;
