FROM corpus/base
RUN touch /a && chmod 4755 /a && touch /b && chmod 2711 /b && mkdir -m 1777 /c && touch /d && chown 1000:50 /d && chmod 000 /d
RUN chown ann:staff /a
RUN chmod 700 /opt && chown -R 9:9 /opt/old
RUN chown -h 5:6 /bin
