package dev.manciple.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The statements of one session that were prepared; kept here because the driver forgets those nobody holds. */
final class Statements {
    private final CqlSession session;
    private final Map<String, PreparedStatement> prepared = new ConcurrentHashMap<>();

    Statements(CqlSession session) {
        this.session = session;
    }

    CqlSession session() {
        return session;
    }

    /** For what may be done twice without harm, so that another node may be asked if one does not answer. */
    PreparedStatement idempotent(String cql, String profile) {
        return prepared(cql, profile, true);
    }

    /** For conditional writes: the second try of one that succeeded would find its own row in the way. */
    PreparedStatement once(String cql) {
        return prepared(cql, Cluster.WRITE, false);
    }

    private PreparedStatement prepared(String cql, String profile, boolean idempotent) {
        PreparedStatement known = prepared.get(cql);
        if (known == null) {
            known = session.prepare(SimpleStatement.newInstance(cql)
                    .setExecutionProfileName(profile)
                    .setIdempotent(idempotent));
            prepared.put(cql, known);
        }
        return known;
    }
}
