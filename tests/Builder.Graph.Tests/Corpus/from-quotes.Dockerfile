FROM "base"
USER y
