FROM triggers
USER me
