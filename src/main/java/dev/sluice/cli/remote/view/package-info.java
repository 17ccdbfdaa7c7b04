/** Exports for people and programs: tables, progress, JSON. It sends no request. */
@NullMarked
package dev.sluice.cli.remote.view;

import org.jspecify.annotations.NullMarked;
