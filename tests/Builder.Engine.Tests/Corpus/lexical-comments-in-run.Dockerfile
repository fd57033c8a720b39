FROM corpus/base
RUN echo a > /a \
# not part of the command
  && echo b > /b
  # nor is this
RUN echo '# data' > /c # the shell's comment
