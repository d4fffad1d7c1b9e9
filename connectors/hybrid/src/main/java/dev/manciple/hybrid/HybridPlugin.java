package dev.manciple.hybrid;

import dev.manciple.spi.Plugin;

/** Contributes the routers. */
public final class HybridPlugin implements Plugin {}
