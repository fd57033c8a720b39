FROM corpus/base
RUN ["sh", "-c", "printf '%s\\n' \"\u00e4 \\\\ \t.\" > /j"]
CMD ["a\tb", "\u00e4", "\"q\""]
