package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.manciple.plugin.Plugins;
import dev.manciple.plugin.StoreTypes;
import dev.manciple.plugin.Stores;
import dev.manciple.spi.Maturity;
import dev.manciple.spi.OfflineStore;
import dev.manciple.spi.OfflineStoreFactory;
import dev.manciple.spi.Plugin;
import dev.manciple.spi.StoreConfig;
import dev.manciple.spi.StoreContext;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Here, where what is logged can be read. */
class MaturityTest {
    /** Takes no options. */
    record Options() {}

    private record Factory(String type, Maturity maturity) implements OfflineStoreFactory<Options> {
        @Override
        public Class<Options> configType() {
            return Options.class;
        }

        @Override
        public OfflineStore create(Options config, StoreContext context) {
            throw new UnsupportedOperationException("Nothing is made here");
        }
    }

    private static final Plugin PLUGIN = new Plugin() {
        @Override
        public List<OfflineStoreFactory<?>> offlineStores() {
            return List.of(new Factory("young", Maturity.ALPHA), new Factory("grown", Maturity.BETA));
        }
    };

    private final Logger logger = (Logger) LoggerFactory.getLogger(Stores.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(logged);
    }

    @Test
    void whoUsesAnAlphaStoreIsToldOnce() {
        Stores stores = new Stores(new StoreTypes(Plugins.of(MaturityTest.class.getClassLoader(), List.of(PLUGIN))));
        stores.checkOfflineStore("here", new StoreConfig("grown", Map.of()));
        stores.checkOfflineStore("here", new StoreConfig("young", Map.of()));
        stores.checkOfflineStore("here", new StoreConfig("young", Map.of()));

        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "The offline store 'young' is alpha: what it promises and how it is configured may still change.");
    }
}
