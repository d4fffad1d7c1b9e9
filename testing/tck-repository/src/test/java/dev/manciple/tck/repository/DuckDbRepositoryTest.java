package dev.manciple.tck.repository;

import java.nio.file.Path;

class DuckDbRepositoryTest extends RepositoryContract {
    @Override
    protected RepositoryFixture fixture(Path repository) {
        return new FilesFixture(repository);
    }
}
