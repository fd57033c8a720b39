FROM corpus/base AS deps
WORKDIR /app
COPY many/*.txt ./
RUN mkdir modules && for f in *.txt; do cp $f modules/; done
FROM corpus/base
ENV MODE=production \
    PORT=3000
WORKDIR /app
COPY --link --from=deps /app/modules modules
COPY --chown=ann app .
USER ann
EXPOSE $PORT
HEALTHCHECK --interval=30s CMD sh health
CMD ["sh", "run.sh"]
